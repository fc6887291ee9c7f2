import { Map } from 'immutable';
import {
  DomainEvent,
  EventDefinition,
  ExperimentId,
  JsonObject,
  LoggedModelId,
  never,
  ResourceRef,
  RunId,
} from '../../core/index.js';
import { ArtifactOwner, isLoggedModel } from '../run-directory.js';
import { foldersAround } from './path.js';

/** Either the run or the logged model that the file belongs to. */
interface Owned {
  readonly runId?: RunId;
  readonly modelId?: LoggedModelId;
}

export const ownedBy = (owner: ArtifactOwner): Owned => (isLoggedModel(owner) ? { modelId: owner } : { runId: owner });
export const ownerOf = ({ runId, modelId }: Owned): ArtifactOwner => (modelId ?? runId)!;

interface OwnedFile extends Owned {
  readonly experimentId: ExperimentId;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

export type ArtifactStored = DomainEvent<'ArtifactStored', OwnedFile>;
/** The path is no longer listed; the bytes stay, and so does what they were called. */
export type ArtifactDeleted = DomainEvent<'ArtifactDeleted', OwnedFile>;

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
  const { experimentId, path, ...owned } = data as unknown as OwnedFile;
  return artifactResource(ownerOf(owned), experimentId, path);
}

export function artifactResource(owner: ArtifactOwner, experimentId: ExperimentId, path: string): ResourceRef {
  return {
    kind: 'artifact',
    id: `${owner}/${path}`,
    name: path,
    parents: [
      { kind: isLoggedModel(owner) ? 'logged-model' : 'run', id: owner },
      { kind: 'experiment', id: experimentId },
    ],
  };
}

const STREAM = 'artifacts-run-<run id>, or artifacts-model-<model id> for a logged model';

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
    summary: 'A file of a run or a logged model was stored; its bytes are known by their SHA-256.',
    stream: STREAM,
    resource,
    samples: [sample],
  },
  {
    type: 'ArtifactDeleted',
    summary:
      'A file of a run or a logged model was deleted: it is no longer listed or served. Its bytes and its history stay.',
    stream: STREAM,
    resource,
    samples: [sample],
  },
];
