export { type Comparison, compareCheckpoints } from './compare.js';
export { httpCaller } from './http-caller.js';
export {
  parsePolicy,
  parseTrustedLogs,
  type Policy,
  type PolicyLog,
  type PolicyWitness,
  reachesQuorum,
} from './policy.js';
export { PolicyError } from './policy-lines.js';
export type { Caller, CheckpointFollower, CosignedCheckpoints, Issued, TreeProofs, WitnessingLog } from './port.js';
export {
  type Contradiction,
  Witnessing,
  type WitnessingOptions,
  type WitnessingStatus,
  type WitnessStatus,
} from './witnessing.js';
export { witnessKey } from './witness-key.js';
export { WitnessServer, type WitnessServerOptions } from './witness-server.js';
export { type Dispute, type SeenLog, WitnessStore } from './witness-store.js';
export { WitnessingError } from './words.js';
