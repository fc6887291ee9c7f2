import { Map, Set } from 'immutable';
import { DomainEvent, EventDefinition, ExperimentId, never, RunId } from '../../core/index.js';
import { foldersAround } from './path.js';

export type ArtifactStored = DomainEvent<
  'ArtifactStored',
  {
    readonly runId: RunId;
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
    summary: 'A file of a run was stored; its bytes are known by their SHA-256.',
    stream: 'artifacts-run-<run id>',
    resource: (data) => {
      const { runId, experimentId, path } = data as ArtifactStored['data'];
      return {
        kind: 'artifact',
        id: `${runId}/${path}`,
        name: path,
        parents: [
          { kind: 'run', id: runId },
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
