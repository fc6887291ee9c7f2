import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { RunId } from '../../../core/index.js';
import { about, CUSTODY_API, MLFLOW, MLFLOW_ARTIFACTS, Requires } from '../../../http/index.js';
import { ownedLocation, rootUri, sealedLocation } from '../../artifact/location.js';
import { artifactFolder } from '../../artifact/path.js';
import { existingRun, ownerId } from '../../artifact/runs.js';
import { RunDirectory } from '../../run-directory.js';
import {
  ListArtifactsRequest,
  ListArtifactVersionsRequest,
  ListProxiedArtifactsRequest,
} from './artifact-list.request.js';
import { ListArtifacts, ListArtifactVersions, ListedArtifact, ListSealedArtifacts } from './query.js';

@ApiTags('artifacts')
@Controller(MLFLOW)
export class ListArtifactsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly runs: RunDirectory,
  ) {}

  @Get('artifacts/list')
  @Requires('artifact:read', about.runs('run_id'))
  async list(@Query() { run_id, path }: ListArtifactsRequest): Promise<object> {
    artifactFolder(path);
    const runId = ownerId(run_id, 'run') as RunId;
    const { experimentId } = await existingRun(this.runs, { runId });
    const files = await this.queries.execute(new ListArtifacts(runId, path));
    return { root_uri: rootUri({ experimentId, runId }), ...wire(files, ({ path }) => path) };
  }
}

@ApiTags('artifacts')
@Controller(MLFLOW_ARTIFACTS)
export class ListProxiedArtifactsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly runs: RunDirectory,
  ) {}

  /** As the artifact proxy has it: paths are relative to the folder that was asked for. */
  @Get('artifacts')
  @Requires('artifact:read', about.artifacts('path'))
  async list(@Query() { path }: ListProxiedArtifactsRequest): Promise<object> {
    return wire(await this.queries.execute(await this.placed(path)), ({ name }) => name);
  }

  private async placed(path: string): Promise<ListArtifacts | ListSealedArtifacts> {
    const sealed = sealedLocation(path);
    if (sealed) return new ListSealedArtifacts(sealed.manifest, sealed.path);
    const location = ownedLocation(path);
    await existingRun(this.runs, location);
    return new ListArtifacts(location.runId, location.path);
  }
}

@ApiTags('artifacts')
@Controller(CUSTODY_API)
export class ArtifactVersionsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly runs: RunDirectory,
  ) {}

  /** Everything that was ever stored under a path, newest first. */
  @Get('artifacts/versions')
  @Requires('artifact:read', about.runs('run_id'))
  async list(@Query() { run_id, path }: ListArtifactVersionsRequest): Promise<object> {
    const runId = run_id as RunId;
    await existingRun(this.runs, { runId });
    const versions = await this.queries.execute(new ListArtifactVersions(runId, path));
    return {
      versions: versions.map(({ sha256, size, storedAt, deletedAt }) => ({
        sha256,
        file_size: size,
        stored_at: storedAt,
        ...(deletedAt === null ? {} : { deleted_at: deletedAt }),
      })),
    };
  }
}

function wire(files: readonly ListedArtifact[], pathOf: (file: ListedArtifact) => string): object {
  if (files.length === 0) return {};
  return {
    files: files.map((file) => ({
      path: pathOf(file),
      is_dir: file.isDir,
      ...(file.isDir ? {} : { file_size: file.size }),
    })),
  };
}
