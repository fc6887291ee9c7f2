import { EventDefinition } from '../core/index.js';
import { Projection } from '../projection/index.js';
import { artifactsEvents as fileEvents } from './artifact/events.js';
import { bytesEvents } from './bytes/events.js';
import { artifactListProjection } from './queries/artifact-list/projection.js';
import { sealEvents } from './seal/events.js';

export * from './artifact/location.js';
export { type ArtifactDeleted, type ArtifactFile, type ArtifactStored } from './artifact/events.js';
export { artifactFolder, artifactPath } from './artifact/path.js';
export { existingRun, writableRun } from './artifact/runs.js';
export * from './artifacts.module.js';
export { type ArtifactDamageFound } from './bytes/events.js';
export * from './commands/delete-artifacts/delete-artifacts.command.js';
export * from './commands/store-artifact/store-artifact.command.js';
export {
  ListArtifacts,
  ListArtifactVersions,
  type ArtifactVersion,
  type ListedArtifact,
} from './queries/artifact-list/query.js';
export { ArtifactReader, OpenArtifact, type OpenedArtifact } from './queries/open-artifact/query.js';
export { sendArtifact } from './queries/open-artifact/send-artifact.js';
export * from './raw-uploads.js';
export * from './run-directory.js';
export { type ArtifactsSealed } from './seal/events.js';
export { filesIn, filesOf, type SealedFiles } from './seal/manifest.js';
export { SealedArtifacts } from './seal/sealed-artifacts.js';
export * from './store/artifact-store.js';
export * from './store/disk-artifact-store.js';
export * from './store/partial-uploads.js';
export * from './store/open-s3-artifact-store.js';
export * from './store/reporting-artifact-store.js';

export const artifactsEvents: readonly EventDefinition[] = [...fileEvents, ...bytesEvents, ...sealEvents];
export const artifactsProjections: readonly Projection[] = [artifactListProjection];
