import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { errors, ManifestDigest, Position } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { artifactsDecider, artifactsStream } from '../../artifact/decide.js';
import { ArtifactEvent, ArtifactFile } from '../../artifact/events.js';
import { artifactFolder } from '../../artifact/path.js';
import { filesIn, SealedFiles } from '../../seal/manifest.js';
import { SealedArtifacts } from '../../seal/sealed-artifacts.js';
import { ArtifactOwner } from '../../run-directory.js';
import { ArtifactStore } from '../../store/artifact-store.js';

/** No other id of what holds files has as many digits. */
const isManifest = (of: ArtifactOwner | ManifestDigest): of is ManifestDigest => of.length === 64;

/** Straight from the log: right in every process, and never behind. */
@Injectable()
export class ArtifactReader {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly store: ArtifactStore,
    private readonly sealed: SealedArtifacts,
  ) {}

  /** The newest bytes under a path of a run or logged model; the only ones under a path of sealed artifacts. */
  async find(of: ArtifactOwner | ManifestDigest, path: string): Promise<ArtifactFile | undefined> {
    if (isManifest(of)) return this.sealed.find(of, path);
    const { state } = await this.decisions.load(artifactsDecider, artifactsStream(of));
    return state.files.get(path);
  }

  /** The files in a folder, by their paths from there on; as they were before a position, where one is given. */
  async filesIn(of: ArtifactOwner | ManifestDigest, folder: string, before?: Position): Promise<SealedFiles> {
    if (isManifest(of)) return filesIn(await this.sealed.files(of), folder);
    if (before === undefined) {
      const { state } = await this.decisions.load(artifactsDecider, artifactsStream(of));
      return filesIn(state.files, folder);
    }
    let state = artifactsDecider.initial;
    for await (const event of this.decisions.history<ArtifactEvent>(artifactsStream(of), before))
      state = artifactsDecider.evolve(state, event);
    return filesIn(state.files, folder);
  }

  async open({ sha256 }: ArtifactFile): Promise<Readable> {
    return this.store.open(sha256);
  }

  async read({ sha256 }: ArtifactFile, maxBytes?: number): Promise<Buffer> {
    return this.store.read(sha256, maxBytes);
  }
}

export interface OpenedArtifact extends ArtifactFile {
  readonly path: string;
  /** Opens the bytes; not called when the reader has them already. */
  readonly open: () => Promise<Readable>;
}

export class OpenArtifact extends Query<OpenedArtifact> {
  constructor(
    readonly of: ArtifactOwner | ManifestDigest,
    readonly path: string,
  ) {
    super();
  }
}

@QueryHandler(OpenArtifact)
export class OpenArtifactHandler implements IQueryHandler<OpenArtifact> {
  constructor(private readonly reader: ArtifactReader) {}

  async execute({ of, path }: OpenArtifact): Promise<OpenedArtifact> {
    const file = await this.reader.find(of, artifactFolder(path));
    if (!file) throw errors.notFound('artifact-not-found', `No such artifact: '${path}'`, 'path');
    return { path, ...file, open: () => this.reader.open(file) };
  }
}
