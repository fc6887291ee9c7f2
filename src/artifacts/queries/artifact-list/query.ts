import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ManifestDigest } from '../../../core/index.js';
import { ReadModels } from '../../../projection/index.js';
import { ArtifactOwner } from '../../run-directory.js';
import { artifactFolder, artifactPath } from '../../artifact/path.js';
import { filesIn } from '../../seal/manifest.js';
import { SealedArtifacts } from '../../seal/sealed-artifacts.js';
import { ArtifactTables } from './table.js';

export interface ListedArtifact {
  /** From the root of the run's artifacts. */
  readonly path: string;
  readonly name: string;
  readonly isDir: boolean;
  readonly size?: number;
  readonly sha256?: string;
}

/** What lies directly in a folder of a run's artifacts, by name. A folder that is not there is empty. */
export class ListArtifacts extends Query<readonly ListedArtifact[]> {
  constructor(
    readonly runId: ArtifactOwner,
    readonly folder?: string,
  ) {
    super();
  }
}

@QueryHandler(ListArtifacts)
export class ListArtifactsHandler implements IQueryHandler<ListArtifacts> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ runId, folder: asked }: ListArtifacts): Promise<readonly ListedArtifact[]> {
    const folder = artifactFolder(asked);
    const rows = await this.readModels
      .db<ArtifactTables>()
      .selectFrom('artifact_entries')
      .select(['name', 'is_dir', 'size', 'sha256'])
      .where('run_id', '=', runId)
      .where('folder', '=', folder)
      .orderBy('name')
      .execute();
    return rows.map(({ name, is_dir, size, sha256 }) => ({
      path: folder === '' ? name : `${folder}/${name}`,
      name,
      isDir: is_dir === 1,
      ...(is_dir === 1 ? {} : { size: size!, sha256: sha256! }),
    }));
  }
}

export interface ArtifactVersion {
  readonly sha256: string;
  readonly size: number;
  readonly storedAt: number;
  readonly deletedAt: number | null;
}

/** The same of sealed artifacts. */
export class ListSealedArtifacts extends Query<readonly ListedArtifact[]> {
  constructor(
    readonly manifest: ManifestDigest,
    readonly folder: string,
  ) {
    super();
  }
}

@QueryHandler(ListSealedArtifacts)
export class ListSealedArtifactsHandler implements IQueryHandler<ListSealedArtifacts> {
  constructor(private readonly sealed: SealedArtifacts) {}

  async execute({ manifest, folder }: ListSealedArtifacts): Promise<readonly ListedArtifact[]> {
    const listed = new Map<string, ListedArtifact>();
    for (const [path, file] of filesIn(await this.sealed.files(manifest), folder)) {
      if (path === '') continue; // a file by itself has nothing in it
      const [name, ...deeper] = path.split('/') as [string, ...string[]];
      const place = { path: folder === '' ? name : `${folder}/${name}`, name };
      listed.set(name, deeper.length > 0 ? { ...place, isDir: true } : { ...place, isDir: false, ...file });
    }
    return [...listed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** All that was ever stored under one path, newest first. */
export class ListArtifactVersions extends Query<readonly ArtifactVersion[]> {
  constructor(
    readonly runId: ArtifactOwner,
    readonly path: string,
  ) {
    super();
  }
}

@QueryHandler(ListArtifactVersions)
export class ListArtifactVersionsHandler implements IQueryHandler<ListArtifactVersions> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ runId, path }: ListArtifactVersions): Promise<readonly ArtifactVersion[]> {
    return this.readModels
      .db<ArtifactTables>()
      .selectFrom('artifact_versions')
      .select(['sha256', 'size', 'stored_at as storedAt', 'deleted_at as deletedAt'])
      .where('run_id', '=', runId)
      .where('path', '=', artifactPath(path))
      .orderBy('revision', 'desc')
      .execute();
  }
}
