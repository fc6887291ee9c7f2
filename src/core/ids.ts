import { createHash, randomFillSync } from 'node:crypto';
import { Brand } from './brand.js';

export type EventId = Brand<string, 'EventId'>;
/** Pseudonym of a person or service account; never reused, never a name. */
export type UserId = Brand<string, 'UserId'>;
/** Decimal string, as MLflow has it; `0` is the default experiment. */
export type ExperimentId = Brand<string, 'ExperimentId'>;
/** 32 lower-case hex digits, as MLflow has it. */
export type RunId = Brand<string, 'RunId'>;
/** Internal id of a registered model; its name can change, this can't. */
export type ModelId = Brand<string, 'ModelId'>;
export type JobId = Brand<string, 'JobId'>;
/** `m-` and 32 lower-case hex digits: a model that a client logged, as MLflow 3 has it; not a registered one. */
export type LoggedModelId = Brand<string, 'LoggedModelId'>;
/** SHA-256, in lower-case hex, of the list of files that a sealed folder had. */
export type ManifestDigest = Brand<string, 'ManifestDigest'>;
export type DatasetId = Brand<string, 'DatasetId'>;

let lastMs = 0;
let sequence = 0;

/**
 * UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then a 12-bit counter that keeps ids of one
 * process in order within a millisecond, then randomness.
 */
export function uuidv7(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = 0;
  } else if (++sequence > 0xfff) {
    lastMs += 1;
    sequence = 0;
  }
  const bytes = randomSixteen();
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatUuid(bytes);
}

/** Randomness is drawn in bulk: a system call for every id would cost more than all the rest of it. */
const pool = Buffer.alloc(16 * 256);
let drawn = pool.length;

function randomSixteen(): Buffer {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  return pool.subarray(drawn, (drawn += 16));
}

/**
 * A UUIDv8 (RFC 9562 §5.8) that is a function of its key alone: the same step of the same job, repeated
 * after a crash, gets the same event id, and so the ledger takes it as one write.
 */
export function derivedId(...key: readonly (string | number)[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(key)).digest().subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatUuid(bytes);
}

/** 32 hex digits without dashes, MLflow's form of a run id; derived from `key` when one is given. */
export function hexId(...key: readonly (string | number)[]): string {
  return (key.length > 0 ? derivedId(...key) : uuidv7()).replaceAll('-', '');
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
