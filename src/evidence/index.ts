export * from './merkle/index.js';
export * from './note/index.js';
export * from './checkpoint.js';
export * from './entry.js';
export * from './tiles/index.js';
export * from './proof-file.js';
export * from './witness/index.js';
export * from './anchor/index.js';
export { CheckpointStore, type IssuedCheckpoint, type KnownKey } from './checkpoints/checkpoint-store.js';
export { EVIDENCE_STREAM, evidenceEvents, type EvidenceEvent, type LogMismatchFound } from './events.js';
export { EvidenceModule } from './http/evidence.module.js';
export { EventPlaces } from './http/event-places.js';
export { EvidenceService, type OutsideStatus } from './http/evidence.service.js';
export { KeyRing, type KeySources } from './keys/key-ring.js';
export { parseLogKeys } from './keys/log-keys.js';
export { EvidenceLog, type Consistency, type EvidenceLogOptions } from './log/evidence-log.js';
export {
  evidenceFiles,
  TreeDamaged,
  TreeFile,
  TreeFollower,
  type FollowerOptions,
  type Mismatch,
} from './tree/index.js';
