import { Inject, Injectable } from '@nestjs/common';
import { ArtifactStore, filesIn, SealedArtifacts } from '../../artifacts/index.js';
import { CommandContext, CustodyError, errors, ModelId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { noVersion } from '../model/command.js';
import { Models } from '../model/models.js';
import { locationOf } from '../source.js';
import { signatureDecider, SigningKeys, signingKeysDecider } from './decide.js';
import { ModelVersionSigned, signatureStream, SIGNING_KEYS, SigningKey } from './events.js';
import { ModelSigningKey } from './signing-key.js';
import { signedName, statementOf } from './statement.js';

export const MODEL_SIGNING_KEY = Symbol('model signing key');

const MAX_BUNDLE = 64 * 1024 * 1024;

export interface FoundSignature {
  readonly signature: ModelVersionSigned['data'];
  readonly bundle: Buffer;
}

/**
 * Signatures of model versions. A bundle is kept by its digest before the event that names it is written: a
 * crash in between leaves bytes that nobody asks for, and the next try signs again.
 */
@Injectable()
export class ModelSignatures {
  constructor(
    private readonly models: Models,
    private readonly sealed: SealedArtifacts,
    private readonly store: ArtifactStore,
    private readonly decisions: DecisionMaker,
    @Inject(MODEL_SIGNING_KEY) private readonly key: ModelSigningKey,
  ) {}

  get current(): string {
    return this.key.keyId;
  }

  async keys(): Promise<SigningKeys> {
    return (await this.decisions.load(signingKeysDecider, SIGNING_KEYS)).state;
  }

  /** Answers whether the log did not know the key of this server, and other keys it did know. */
  async introduce(context: CommandContext): Promise<'known' | 'first' | 'changed'> {
    const { keyId, algorithm, publicKey } = this.key;
    const key: SigningKey = { keyId, algorithm, publicKey };
    const { events, state } = await this.decisions.decide(signingKeysDecider, SIGNING_KEYS, key, context);
    if (events.length === 0) return 'known';
    return state.size > 1 ? 'changed' : 'first';
  }

  /** `undefined` when the version is gone, or has no files that are kept here and sealed. */
  async sign(
    modelId: ModelId,
    name: string,
    version: number,
    context: CommandContext,
  ): Promise<ModelVersionSigned['data'] | undefined> {
    const found = (await this.models.load(modelId)).versions.get(version);
    const location = found && locationOf(found);
    if (location?.kind !== 'sealed') return undefined;
    const { manifest, path } = location;
    const stream = signatureStream(modelId, version);
    const { state: known } = await this.decisions.load(signatureDecider, stream);
    if (known?.manifest === manifest && known.path === path) return known;
    const files = filesIn(await this.sealed.files(manifest), path);
    if (files.size === 0) return undefined;
    const digests = new Map([...files].map(([file, { sha256 }]) => [file, sha256]));
    await this.introduce(context);
    const bytes = this.key.sign(statementOf(signedName(name, version), digests));
    const { sha256: bundle } = await this.store.put(bytes);
    const { keyId } = this.key;
    const signature = { modelId, name, version, manifest, path, files: files.size, keyId, bundle };
    return (await this.decisions.decide(signatureDecider, stream, signature, context)).state;
  }

  /** Signs it now, when the reactor has not come to it yet. @throws CustodyError `version-not-signed` with the reason */
  async of(name: string, version: number, context: CommandContext): Promise<FoundSignature> {
    const modelId = await this.models.find(name);
    const model = await this.models.load(modelId);
    const found = model.versions.get(version);
    if (!found) throw new CustodyError(noVersion({ name, version }).refusal);
    const signature = await this.sign(modelId, name, version, context);
    if (signature) return { signature, bundle: await this.store.read(signature.bundle, MAX_BUNDLE) };
    const why = WHY_NOT[locationOf(found).kind];
    throw errors.state('version-not-signed', `version ${version} of ${name} is not signed: ${why}`, 'version');
  }
}

const NO_FILES = 'it has no sealed files yet; they are sealed at the latest when it is promoted';
const WHY_NOT: Record<ReturnType<typeof locationOf>['kind'], string> = {
  external: 'its files are not kept here',
  prompt: 'a prompt has no files',
  run: NO_FILES,
  'logged-model': NO_FILES,
  sealed: 'it has no files',
};
