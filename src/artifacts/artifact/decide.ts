import { accept, Decider, Decision, ExperimentId, never, refuse } from '../../core/index.js';
import { ArtifactOwner, isLoggedModel } from '../run-directory.js';
import { ArtifactEvent, ArtifactStored, evolve, noArtifacts, ownedBy, RunArtifacts } from './events.js';
import { foldersAround } from './path.js';

/** The bytes are in the store already; this decides what they are called. */
export interface NameBytes {
  readonly type: 'name-bytes';
  readonly artifact: ArtifactStored['data'];
}

/** A file, or everything in a folder; the empty path is the root of all artifacts of its owner. */
export interface DeletePath {
  readonly type: 'delete-path';
  readonly owner: ArtifactOwner;
  readonly experimentId: ExperimentId;
  readonly path: string;
  readonly step: DeleteStep;
}

/** As much as one append may hold: a folder of any size goes in several, each complete in itself. */
export interface DeleteStep {
  /** Files up to this one are done with; what comes there meanwhile was not there when it was asked for. */
  readonly after?: string;
  /** For the data of all events, and for what each brings along besides. */
  readonly maxBytes: number;
  readonly bytesEach: number;
}

export type ArtifactCommand = NameBytes | DeletePath;

export const artifactsStream = (owner: ArtifactOwner): string =>
  `artifacts-${isLoggedModel(owner) ? 'model' : 'run'}-${owner}`;

export function decide(command: ArtifactCommand, state: RunArtifacts): Decision<ArtifactEvent> {
  switch (command.type) {
    case 'name-bytes':
      return nameBytes(command, state);
    case 'delete-path':
      return deletePath(command, state);
    default:
      return never(command);
  }
}

/** Also when the same bytes are there already: that somebody uploaded them is part of the trail. */
function nameBytes({ artifact }: NameBytes, { files, folders }: RunArtifacts): Decision<ArtifactEvent> {
  const { path } = artifact;
  if (folders.has(path))
    return refuse('state', 'artifact-path-is-folder', `${path} is a folder of this run's artifacts`, 'path');
  const file = foldersAround(path).find((folder) => files.has(folder));
  if (file !== undefined) {
    return refuse(
      'state',
      'artifact-folder-is-file',
      `${file} is a file of this run's artifacts, not a folder`,
      'path',
    );
  }
  return accept({ type: 'ArtifactStored', data: artifact });
}

/** One event a file, so that each file's own history tells its end. What is not there is deleted already. */
function deletePath({ owner, experimentId, path, step }: DeletePath, { files }: RunArtifacts): Decision<ArtifactEvent> {
  const within = path === '' ? '' : `${path}/`;
  const { after } = step;
  const gone = [...files]
    .filter(([name]) => (name === path || name.startsWith(within)) && (after === undefined || name > after))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const events: ArtifactEvent[] = [];
  let bytes = 0;
  for (const [name, { sha256, size }] of gone) {
    const data = { ...ownedBy(owner), experimentId, path: name, size, sha256 };
    bytes += Buffer.byteLength(JSON.stringify(data)) + step.bytesEach;
    if (bytes > step.maxBytes && events.length > 0) break;
    events.push({ type: 'ArtifactDeleted', data });
  }
  return accept(...events);
}

export const artifactsDecider: Decider<RunArtifacts, ArtifactCommand, ArtifactEvent> = {
  initial: noArtifacts,
  evolve,
  decide,
};
