import { Projection } from '../projection/index.js';
import { artifactListProjection } from './queries/artifact-list/projection.js';

export * from './artifact/location.js';
export { artifactsEvents, type ArtifactFile, type ArtifactStored } from './artifact/events.js';
export { artifactFolder, artifactPath } from './artifact/path.js';
export { existingRun, writableRun } from './artifact/runs.js';
export * from './artifacts.module.js';
export * from './commands/store-artifact/store-artifact.command.js';
export {
  ListArtifacts,
  ListArtifactVersions,
  type ArtifactVersion,
  type ListedArtifact,
} from './queries/artifact-list/query.js';
export { ArtifactReader, OpenArtifact, type OpenedArtifact } from './queries/open-artifact/query.js';
export { attachment } from './queries/open-artifact/attachment.js';
export * from './raw-uploads.js';
export * from './run-directory.js';
export * from './store/artifact-store.js';
export * from './store/disk-artifact-store.js';

export const artifactsProjections: readonly Projection[] = [artifactListProjection];
