import { accept, Decider, Decision, refuse } from '../../core/index.js';
import { ArtifactOwner, isLoggedModel } from '../run-directory.js';
import { ArtifactEvent, ArtifactStored, evolve, noArtifacts, RunArtifacts } from './events.js';
import { foldersAround } from './path.js';

/** The bytes are in the store already; this decides what they are called. */
export interface NameBytes {
  readonly type: 'name-bytes';
  readonly artifact: ArtifactStored['data'];
}

export const artifactsStream = (owner: ArtifactOwner): string =>
  `artifacts-${isLoggedModel(owner) ? 'model' : 'run'}-${owner}`;

export function decide({ artifact }: NameBytes, { files, folders }: RunArtifacts): Decision<ArtifactEvent> {
  const { path, sha256 } = artifact;
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
  if (files.get(path)?.sha256 === sha256) return accept();
  return accept({ type: 'ArtifactStored', data: artifact });
}

export const artifactsDecider: Decider<RunArtifacts, NameBytes, ArtifactEvent> = {
  initial: noArtifacts,
  evolve,
  decide,
};
