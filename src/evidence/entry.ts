import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { RecordedEvent } from '../core/index.js';

/** What fits the length field of an entry bundle (C2SP tlog-tiles). */
export const MAX_ENTRY_BYTES = 65_535;

/**
 * The entry of an event in the evidence log: the canonical JSON (RFC 8785) of its envelope, with the
 * SHA-256 of the canonical data in place of the data, so that it stays small. Whoever has the event can
 * make it again, byte for byte; `position` is the ledger's own and not part of it.
 *
 * Fields are named one by one: a new field of the envelope must not change the entries of old events.
 */
export function entryOf(event: RecordedEvent): Buffer {
  const { id, type, schema, stream, revision, recordedAt } = event;
  const { actor, reason, origin, correlationId, causationId } = event;
  const context = { actor, reason, origin, correlationId, causationId };
  const place = { id, type, schema, stream, revision, recordedAt, data_sha256: sha256(canonical(event.data)) };
  const entry = Buffer.from(canonical({ ...place, ...context }));
  if (entry.length <= MAX_ENTRY_BYTES) return entry;
  // A reason may be very long. Its digest binds it as well, and the keys tell the two forms apart.
  const short = Buffer.from(canonical({ ...place, context_sha256: sha256(canonical(context)) }));
  if (short.length > MAX_ENTRY_BYTES) throw new RangeError(`the place of event ${id} is too long for an entry`);
  return short;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

function canonical(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('there is no canonical JSON of nothing');
  return text;
}
