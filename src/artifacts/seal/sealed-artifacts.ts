import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CommandContext, errors, ManifestDigest } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { artifactsDecider, artifactsStream } from '../artifact/decide.js';
import { ArtifactFile, ownedBy } from '../artifact/events.js';
import { existingRun } from '../artifact/runs.js';
import { ArtifactOwner, RunDirectory } from '../run-directory.js';
import { ArtifactStore } from '../store/artifact-store.js';
import { ArtifactsSealed, sealDecider, sealStream } from './events.js';
import { filesIn, filesOf, manifestOf, SealedFiles } from './manifest.js';

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
const KEPT_FILES = 100_000;

/**
 * Folders as they were at one moment. Bytes are kept by their digest anyway, so a list of paths and digests
 * holds a whole folder; the list is itself kept by its digest, and an event says where it was taken. What
 * happens to the paths afterwards changes none of it.
 */
@Injectable()
export class SealedArtifacts {
  private readonly cache = new LRUCache<ManifestDigest, SealedFiles>({ maxSize: KEPT_FILES });

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly store: ArtifactStore,
    private readonly runs: RunDirectory,
  ) {}

  /** Seals a folder or file; `undefined`, and nothing sealed, when there is nothing and nothing must not be sealed. */
  async seal(
    context: CommandContext,
    owner: ArtifactOwner,
    path: string,
    { evenEmpty = false } = {},
  ): Promise<ManifestDigest | undefined> {
    const { experimentId } = await existingRun(this.runs, { runId: owner });
    const { state } = await this.decisions.load(artifactsDecider, artifactsStream(owner));
    const files = filesIn(state.files, path);
    if (files.size === 0 && !evenEmpty) return undefined;
    const manifest = (await this.store.put(manifestOf(files))).sha256 as ManifestDigest;
    const size = [...files.values()].reduce((sum, file) => sum + file.size, 0);
    const seal = { manifest, ...ownedBy(owner), experimentId, path, files: files.size, size };
    await this.decisions.decide(sealDecider, sealStream(manifest), seal, context);
    return manifest;
  }

  /** Where it was sealed first. @throws CustodyError `seal-not-found` */
  async origin(manifest: ManifestDigest, field = 'path'): Promise<ArtifactsSealed['data']> {
    const { state } = await this.decisions.load(sealDecider, sealStream(manifest));
    if (!state[0]) throw errors.notFound('seal-not-found', `No artifacts are sealed as ${manifest}`, field);
    return state[0];
  }

  /** Never of bytes that only look like a manifest: what was not sealed is not found. */
  async files(manifest: ManifestDigest): Promise<SealedFiles> {
    const known = this.cache.get(manifest);
    if (known) return known;
    await this.origin(manifest);
    const files = filesOf(await this.store.read(manifest, MAX_MANIFEST_BYTES));
    this.cache.set(manifest, files, { size: files.size + 1 });
    return files;
  }

  async find(manifest: ManifestDigest, path: string): Promise<ArtifactFile | undefined> {
    return (await this.files(manifest)).get(path);
  }
}
