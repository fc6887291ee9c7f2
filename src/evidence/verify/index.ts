export { type ArtifactBytes, type DigestsIn } from './artifacts.js';
export { type Trust } from './checkpoints.js';
export { type Finding, type FindingCode } from './findings.js';
export { type SourceEvent } from './log-walk.js';
export { type Report } from './report.js';
export { type UnknownBecause } from './types.js';
export { verifyBundle, type ModelSignatureProblem, type VerifyOptions } from './verify-bundle.js';
export { verifyLog, type FoundRow, type KeptEvidence, type LogToVerify } from './verify-log.js';
