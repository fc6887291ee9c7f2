import { Injectable, Optional } from '@nestjs/common';
import {
  ArtifactOwner,
  existingRun,
  RunDirectory,
  runId as runIdOf,
  SealedArtifacts,
  sealedUri,
  writableRun,
} from '../../artifacts/index.js';
import {
  CommandContext,
  CustodyError,
  errors,
  ExperimentId,
  LoggedModelId,
  ManifestDigest,
  never,
  RunId,
} from '../../core/index.js';
import { KnownLoggedModel, LoggedModels } from '../logged-models.js';
import { isPrompt } from '../prompt.js';
import { Tags } from '../rules.js';
import { locationOf, parseSource, promptSource, Source } from '../source.js';
import { VersionCreated } from './events.js';
import { ModelReader } from './reader.js';

export interface ClaimedSource {
  readonly source: string;
  /** As the client claims them; empty text is a claim that there is none. */
  readonly runId?: string;
  readonly loggedModelId?: string;
  readonly tags: Tags;
}

/** What a version takes over from its source. */
export type AcceptedSource = Pick<VersionCreated, 'source' | 'storage' | 'runId' | 'loggedModelId' | 'copyOf'>;

/** Decides whether a version may be made from a source: it must exist and belong to what the client says. */
@Injectable()
export class Sources {
  constructor(
    private readonly runs: RunDirectory,
    private readonly reader: ModelReader,
    private readonly sealed: SealedArtifacts,
    @Optional() private readonly loggedModels?: LoggedModels,
  ) {}

  async accept(claimed: ClaimedSource): Promise<AcceptedSource> {
    if (isPrompt(claimed.tags)) {
      promptSource(claimed.source);
      return { source: claimed.source, ...(await this.claimedRun(claimed)) };
    }
    const source = parseSource(claimed.source);
    switch (source.kind) {
      case 'version':
        return this.copy(source, claimed);
      case 'model':
      case 'logged-model':
        return this.fromLoggedModel(source, claimed);
      case 'run':
        return this.fromRun(source, claimed);
      case 'sealed':
        return this.fromSealed(source, claimed);
      case 'external':
        return this.fromElsewhere(claimed);
      case 'prompt':
        throw new Error('a placeholder is not a source by itself');
      default:
        return never(source);
    }
  }

  /** @throws CustodyError when there is none, or no room that keeps logged models */
  async loggedModel(id: string): Promise<KnownLoggedModel> {
    if (!this.loggedModels)
      throw errors.invalid(
        'model-id-unsupported',
        'a version is registered from a run, not from a logged model',
        'model_id',
      );
    const found = await this.loggedModels.find(id);
    if (!found) throw errors.notFound('logged-model-not-found', `Logged model with ID '${id}' not found.`, 'model_id');
    return found;
  }

  /**
   * Seals the files of an accepted source, and says where they are from then on. `undefined` when there are
   * none yet, when they are sealed already, and when Custody does not keep them.
   */
  async seal(
    context: CommandContext,
    accepted: Pick<AcceptedSource, 'source' | 'storage'>,
    options: { readonly evenEmpty?: boolean } = {},
  ): Promise<string | undefined> {
    const files = await this.filesOf(accepted);
    const manifest = files && (await this.sealed.seal(context, files.owner, files.path, options));
    return manifest && sealedUri(manifest);
  }

  /** For a version that is promoted: from then on it is what it is now, even when that is nothing. */
  async sealVersion(context: CommandContext, name: string, version: number): Promise<{ readonly storage?: string }> {
    const found = await this.reader.resolve(name, { version }, 'version');
    const storage = await this.seal(context, found, { evenEmpty: true });
    return storage === undefined ? {} : { storage };
  }

  private async filesOf(
    accepted: Pick<AcceptedSource, 'source' | 'storage'>,
  ): Promise<{ readonly owner: ArtifactOwner; readonly path: string } | undefined> {
    const location = locationOf(accepted);
    switch (location.kind) {
      case 'run': {
        const { runId, path } = location;
        const [name = '', ...deeper] = path.split('/');
        // A file store's own URI means what it says; `runs:/` means the model of that name first, as clients resolve it.
        const model = location.experimentId === undefined ? await this.loggedModels?.ofRun(runId, name) : undefined;
        return model === undefined ? { owner: runId, path } : { owner: model as LoggedModelId, path: deeper.join('/') };
      }
      case 'logged-model':
        return { owner: location.loggedModelId as LoggedModelId, path: location.path };
      case 'sealed':
      case 'external':
      case 'prompt':
        return undefined;
      default:
        return never(location);
    }
  }

  /** The copy outlives its source: it takes over where the files are, not only the name of the version. */
  private async copy(source: Extract<Source, { kind: 'version' }>, claimed: ClaimedSource): Promise<AcceptedSource> {
    const found = await this.reader.resolve(source.name, source.choice, 'source');
    if (found.location.kind === 'prompt') throw invalid(claimed, 'A prompt has no files that a model could be made of');
    const { modelId, name, version, runId, loggedModelId } = found;
    if (claimed.runId !== undefined && claimed.runId !== (runId ?? ''))
      throw another(claimed, `Version ${version} of ${name} comes from ${runId ? `run ${runId}` : 'no run'}`);
    if (claimed.loggedModelId !== undefined && claimed.loggedModelId !== (loggedModelId ?? ''))
      throw another(claimed, `Version ${version} of ${name} comes from ${loggedModelId ?? 'no logged model'}`);
    return {
      source: `models:/${name}/${version}`,
      storage: found.storage ?? found.source,
      copyOf: { modelId, name, version },
      ...(runId === undefined ? {} : { runId }),
      ...(loggedModelId === undefined ? {} : { loggedModelId }),
    };
  }

  private async fromLoggedModel(
    named: { readonly kind: 'model' | 'logged-model'; readonly loggedModelId: string; readonly experimentId?: string },
    claimed: ClaimedSource,
  ): Promise<AcceptedSource> {
    const { loggedModelId } = named;
    if (claimed.loggedModelId && claimed.loggedModelId !== loggedModelId)
      throw another(claimed, `It belongs to the logged model ${loggedModelId}, not to ${claimed.loggedModelId}`);
    const found = this.loggedModel(loggedModelId);
    const { experimentId, artifactUri, sourceRunId } = await (named.kind === 'model'
      ? found
      : placeOf(found, claimed, `There is no logged model ${loggedModelId}`));
    if (named.experimentId !== undefined && named.experimentId !== experimentId)
      throw another(claimed, `The logged model ${loggedModelId} is in experiment ${experimentId}`);
    if (claimed.runId && sourceRunId !== undefined && claimed.runId !== sourceRunId)
      throw another(claimed, `The logged model ${loggedModelId} comes from run ${sourceRunId}`);
    const { source } = claimed;
    const runId = sourceRunId ?? (await this.claimedRun(claimed)).runId;
    const storage = named.kind === 'model' ? { storage: artifactUri } : {};
    return { source, ...storage, loggedModelId, ...(runId === undefined ? {} : { runId }) };
  }

  private async fromRun(
    { runId, experimentId }: Extract<Source, { kind: 'run' }>,
    claimed: ClaimedSource,
  ): Promise<AcceptedSource> {
    const { source } = claimed;
    if (claimed.loggedModelId)
      throw another(claimed, `It belongs to run ${runId}, not to the logged model ${claimed.loggedModelId}`);
    if (claimed.runId && runIdOf(claimed.runId) !== runId)
      throw another(claimed, `It belongs to run ${runId}, not to run ${claimed.runId}`);
    const writable = this.writable(runId, experimentId);
    // `runs:/` names a run, which may not be there; `mlflow-artifacts:/` is a place, which must be somebody's.
    await (experimentId === undefined
      ? writable
      : placeOf(writable, claimed, `There is no run ${runId} in experiment ${experimentId}`));
    return { source, runId };
  }

  /** What a version was made of may be registered again; it belongs to the run or logged model that it came from. */
  private async fromSealed(
    { manifest }: { readonly manifest: ManifestDigest },
    claimed: ClaimedSource,
  ): Promise<AcceptedSource> {
    const { runId, modelId, experimentId } = await this.sealed.origin(manifest, 'source');
    return modelId === undefined
      ? this.fromRun({ kind: 'run', runId: runId!, experimentId, path: '' }, claimed)
      : this.fromLoggedModel({ kind: 'logged-model', loggedModelId: modelId, experimentId }, claimed);
  }

  private async fromElsewhere(claimed: ClaimedSource): Promise<AcceptedSource> {
    const { source, loggedModelId } = claimed;
    const { runId } = await this.claimedRun(claimed);
    if (!loggedModelId) return { source, ...(runId === undefined ? {} : { runId }) };
    const of = runId ?? (await this.loggedModel(loggedModelId)).sourceRunId;
    return { source, loggedModelId, ...(of === undefined ? {} : { runId: of }) };
  }

  private async claimedRun({ runId: claimed }: ClaimedSource): Promise<{ readonly runId?: RunId }> {
    if (!claimed) return {};
    const runId = runIdOf(claimed);
    await this.writable(runId);
    return { runId };
  }

  private async writable(runId: RunId, experimentId?: ExperimentId): Promise<void> {
    writableRun(await existingRun(this.runs, { runId, experimentId }), runId);
  }
}

/** What nobody has is no place where a version could be. */
async function placeOf<T>(found: Promise<T>, claimed: ClaimedSource, why: string): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof CustodyError && error.kind === 'not-found') throw invalid(claimed, why);
    throw error;
  }
}

const invalid = ({ source }: ClaimedSource, why: string) =>
  errors.invalid('source-invalid', `Invalid model version source: '${source}'. ${why}.`, 'source');

const another = ({ source }: ClaimedSource, why: string) =>
  errors.invalid('source-of-another-run', `Invalid model version source: '${source}'. ${why}.`, 'source');
