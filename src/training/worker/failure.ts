import { CustodyError, ErrorKind, never, UnknownEvent } from '../../core/index.js';
import { EventTooLarge, InvalidStreamName, LedgerCorrupted, LedgerUnavailable } from '../../ledger/index.js';

/**
 * What to do about an error of an attempt: `final` ends the job, `passing` means trying again, `fatal`
 * that this worker must not go on at all.
 */
export interface Failure {
  readonly kind: 'final' | 'passing' | 'fatal';
  readonly code: string;
  /** Goes into the log for good, so it holds no paths, stacks or foreign texts. */
  readonly reason: string;
}

/** Nobody knows what it is: an attempt may be tried again, but nothing is repeated without end for it. */
export const UNEXPECTED = 'unexpected';

/** Errors whose kind says how to answer a request, but not whether a worker should try again. */
const DECIDED: ReadonlyMap<string, Failure['kind']> = new Map([
  // A folder or a bucket that is away for a while looks the same.
  ['artifact-missing', 'passing'],
  // Another worker may have more memory, or less to do.
  ['training-out-of-memory', 'passing'],
]);

export function classify(error: unknown): Failure {
  if (error instanceof CustodyError) {
    const { kind, code, message } = error;
    return { kind: DECIDED.get(code) ?? ofKind(kind), code, reason: message };
  }
  if (error instanceof LedgerUnavailable) {
    return { kind: 'passing', code: `log-${error.reason}`, reason: 'the log could not be read or written' };
  }
  if (error instanceof LedgerCorrupted) return { kind: 'fatal', code: 'log-corrupted', reason: error.message };
  if (error instanceof UnknownEvent) return { kind: 'fatal', code: 'unknown-event', reason: error.message };
  if (error instanceof EventTooLarge) return { kind: 'final', code: 'event-too-large', reason: error.message };
  if (error instanceof InvalidStreamName) return { kind: 'final', code: 'invalid-id', reason: error.message };
  const name = error instanceof Error ? error.name : typeof error;
  return {
    kind: 'passing',
    code: UNEXPECTED,
    reason: `an unexpected error (${name}); the worker's own log has the details`,
  };
}

function ofKind(kind: ErrorKind): Failure['kind'] {
  switch (kind) {
    case 'invalid':
    case 'unauthenticated':
    case 'denied':
    case 'not-found':
    case 'already-exists':
    case 'state':
    case 'too-large':
    case 'not-implemented':
    case 'lost':
      return 'final';
    case 'conflict':
    case 'limit':
    case 'unavailable':
      return 'passing';
    default:
      return never(kind);
  }
}
