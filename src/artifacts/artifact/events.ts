import { Map, Set } from 'immutable';
import { DomainEvent, EventDefinition, ExperimentId, LoggedModelId, never, RunId } from '../../core/index.js';
import { ArtifactOwner, isLoggedModel } from '../run-directory.js';
import { foldersAround } from './path.js';

/** Either the run or the logged model that the file belongs to. */
interface Owned {
  readonly runId?: RunId;
  readonly modelId?: LoggedModelId;
}

export const ownedBy = (owner: ArtifactOwner): Owned => (isLoggedModel(owner) ? { modelId: owner } : { runId: owner });
export const ownerOf = ({ runId, modelId }: Owned): ArtifactOwner => (modelId ?? runId)!;

export type ArtifactStored = DomainEvent<
  'ArtifactStored',
  Owned & {
    readonly experimentId: ExperimentId;
    readonly path: string;
    readonly size: number;
    readonly sha256: string;
  }
>;

export type ArtifactEvent = ArtifactStored;

export interface ArtifactFile {
  readonly sha256: string;
  readonly size: number;
}

/** What one run has: the newest bytes of each path, and the folders that these paths imply. */
export interface RunArtifacts {
  readonly files: Map<string, ArtifactFile>;
  readonly folders: Set<string>;
}

export const noArtifacts: RunArtifacts = { files: Map(), folders: Set() };

export function evolve(state: RunArtifacts, event: ArtifactEvent): RunArtifacts {
  switch (event.type) {
    case 'ArtifactStored': {
      const { path, sha256, size } = event.data;
      return { files: state.files.set(path, { sha256, size }), folders: state.folders.union(foldersAround(path)) };
    }
    default:
      return never(event.type);
  }
}

export const artifactsEvents: readonly EventDefinition[] = [
  {
    type: 'ArtifactStored',
    summary: 'A file of a run or a logged model was stored; its bytes are known by their SHA-256.',
    stream: 'artifacts-run-<run id>, or artifacts-model-<model id> for a logged model',
    resource: (data) => {
      const { experimentId, path, ...owned } = data as unknown as ArtifactStored['data'];
      const owner = ownerOf(owned);
      return {
        kind: 'artifact',
        id: `${owner}/${path}`,
        name: path,
        parents: [
          { kind: isLoggedModel(owner) ? 'logged-model' : 'run', id: owner },
          { kind: 'experiment', id: experimentId },
        ],
      };
    },
    samples: [
      {
        runId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c',
        experimentId: '1',
        path: 'lims_qc_model/model.json',
        size: 48213,
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
    ],
  },
];
