import { Map } from 'immutable';
import { DomainEvent, EventDefinition, ExperimentId, JsonObject, never, ResourceRef, RunId } from '../../core/index.js';
import { foldersAround } from './path.js';

interface FileOfRun {
  readonly runId: RunId;
  readonly experimentId: ExperimentId;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

export type ArtifactStored = DomainEvent<'ArtifactStored', FileOfRun>;
/** The path is no longer listed; the bytes stay, and so does what they were called. */
export type ArtifactDeleted = DomainEvent<'ArtifactDeleted', FileOfRun>;

export type ArtifactEvent = ArtifactStored | ArtifactDeleted;

export interface ArtifactFile {
  readonly sha256: string;
  readonly size: number;
}

/** What one run has: the newest bytes of each path, and the folders that these paths imply. */
export interface RunArtifacts {
  readonly files: Map<string, ArtifactFile>;
  /** With the number of files in each, at any depth: a folder is there while something is in it. */
  readonly folders: Map<string, number>;
}

export const noArtifacts: RunArtifacts = { files: Map(), folders: Map() };

export function evolve(state: RunArtifacts, event: ArtifactEvent): RunArtifacts {
  const { path, sha256, size } = event.data;
  const { files } = state;
  switch (event.type) {
    case 'ArtifactStored':
      return {
        files: files.set(path, { sha256, size }),
        folders: files.has(path) ? state.folders : counted(state, path, 1),
      };
    case 'ArtifactDeleted':
      return files.has(path) ? { files: files.delete(path), folders: counted(state, path, -1) } : state;
    default:
      return never(event);
  }
}

function counted({ folders }: RunArtifacts, path: string, change: 1 | -1): RunArtifacts['folders'] {
  return foldersAround(path).reduce((left, folder) => {
    const files = left.get(folder, 0) + change;
    return files === 0 ? left.delete(folder) : left.set(folder, files);
  }, folders);
}

function resource(data: JsonObject): ResourceRef {
  const { runId, experimentId, path } = data as unknown as FileOfRun;
  return {
    kind: 'artifact',
    id: `${runId}/${path}`,
    name: path,
    parents: [
      { kind: 'run', id: runId },
      { kind: 'experiment', id: experimentId },
    ],
  };
}

const sample = {
  runId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c',
  experimentId: '1',
  path: 'lims_qc_model/model.json',
  size: 48213,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

export const artifactsEvents: readonly EventDefinition[] = [
  {
    type: 'ArtifactStored',
    summary: 'A file of a run was stored; its bytes are known by their SHA-256.',
    stream: 'artifacts-run-<run id>',
    resource,
    samples: [sample],
  },
  {
    type: 'ArtifactDeleted',
    summary: 'A file of a run was deleted: it is no longer listed or served. Its bytes and its history stay.',
    stream: 'artifacts-run-<run id>',
    resource,
    samples: [sample],
  },
];
