import canonicalize from 'canonicalize';
import { RecordedEvent } from '../../core/index.js';

/** An event as every ledger has it: `position` is an adapter's own. */
export type Envelope = Omit<RecordedEvent, 'position'>;

export const ENVELOPE_FIELDS = [
  'actor',
  'causationId',
  'correlationId',
  'data',
  'id',
  'origin',
  'reason',
  'recordedAt',
  'revision',
  'schema',
  'stream',
  'type',
] as const satisfies readonly (keyof Envelope)[];

/** More than the largest event takes, with its envelope, however it is escaped. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** One line of `events/*.ndjson`: canonical JSON (RFC 8785), so that an event has one line and no other. */
export function lineOf(event: Envelope): Buffer {
  const envelope = Object.fromEntries(ENVELOPE_FIELDS.map((field) => [field, event[field]]));
  return Buffer.from(`${canonicalize(envelope)!}\n`);
}
