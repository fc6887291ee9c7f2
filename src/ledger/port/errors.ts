import { ExpectedRevision, MAX_APPEND_BYTES, MAX_EVENT_BYTES } from './ledger.js';

export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
  /** `actual` is the last revision, or `none`. */
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: number | 'none',
  ) {
    super(`stream ${stream} is at revision ${actual}, expected ${expected}`);
  }
}

export class IdempotencyViolation extends Error {
  override readonly name = 'IdempotencyViolation';
  constructor(stream: string, id: string) {
    super(`event id ${id} is already in the log, but not as this append to ${stream} has it`);
  }
}

export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
  constructor(what: 'event' | 'append', bytes: number) {
    super(
      `${what} of ${bytes} bytes is larger than the limit of ${what === 'event' ? MAX_EVENT_BYTES : MAX_APPEND_BYTES}`,
    );
  }
}

export class InvalidStreamName extends Error {
  override readonly name = 'InvalidStreamName';
  constructor(reason: string) {
    super(`invalid stream name: ${reason}`);
  }
}

/** Half a character has no place in a log that must be read the same everywhere, for good. */
export class IllFormedText extends Error {
  override readonly name = 'IllFormedText';
  constructor(type: string) {
    super(`the event ${type} holds text with a lone surrogate, which is no valid Unicode`);
  }
}

/** The log can't be written or read now: a full or read-only disk, a server that is away. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
  constructor(
    message: string,
    /** Full and read-only disks and lost servers come back; a corrupted file does not. */
    readonly reason: 'disk-full' | 'read-only' | 'unreachable' | 'busy' | 'closed' | 'io',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The log file is not intact, or not ours; the program must stop and say so. */
export class LedgerCorrupted extends Error {
  override readonly name = 'LedgerCorrupted';
}
