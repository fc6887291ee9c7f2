import { NewEvent } from '../../core/index.js';
import { EventTooLarge, IllFormedText, InvalidStreamName } from './errors.js';
import { MAX_APPEND_BYTES, MAX_EVENT_BYTES } from './ledger.js';

/** What `JSON.stringify` makes of one: the only `\\ud…` that it ever writes, unless the backslash is itself escaped. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

const MAX_STREAM_BYTES = 512;

/** Unicode is welcome; what would be ambiguous or belongs to the system is not. Same rules in every adapter. */
export function assertStreamName(stream: string): void {
  if (stream.length === 0) throw new InvalidStreamName('it is empty');
  if (stream.startsWith('$')) throw new InvalidStreamName("names that start with '$' belong to the event store");
  if (/[\u0000-\u001f\u007f]/.test(stream)) throw new InvalidStreamName('it holds a control character');
  if (!stream.isWellFormed()) throw new InvalidStreamName('it is not well-formed Unicode');
  if (Buffer.byteLength(stream) > MAX_STREAM_BYTES)
    throw new InvalidStreamName(`it is longer than ${MAX_STREAM_BYTES} bytes`);
}

export interface SerializedEvent {
  readonly id: string;
  readonly type: string;
  readonly schema: number;
  /** JSON of the envelope's context: actor, reason, origin, correlationId, causationId. */
  readonly context: string;
  readonly data: string;
  /** Of both texts, as UTF-8. */
  readonly bytes: number;
}

/** The two JSON texts of each event, within the limits. */
export function serialize(events: readonly NewEvent[]): readonly SerializedEvent[] {
  let total = 0;
  const rows = events.map(({ id, type, schema, actor, reason, origin, correlationId, causationId, data }) => {
    const texts = {
      context: JSON.stringify({ actor, reason, origin, correlationId, causationId }),
      data: JSON.stringify(data),
    };
    if (LONE_SURROGATE.test(texts.data) || LONE_SURROGATE.test(texts.context)) throw new IllFormedText(type);
    const dataBytes = Buffer.byteLength(texts.data);
    if (dataBytes > MAX_EVENT_BYTES) throw new EventTooLarge('event', dataBytes);
    const bytes = dataBytes + Buffer.byteLength(texts.context);
    total += bytes;
    return { id, type, schema, ...texts, bytes };
  });
  if (total > MAX_APPEND_BYTES) throw new EventTooLarge('append', total);
  return rows;
}
