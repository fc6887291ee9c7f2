import { EventContext, EventId, JsonObject, Micros, Position, RecordedEvent } from '../../core/index.js';
import { unreadable } from './errors.js';

/** In the order of `COLUMNS`; arrays, because SQLite's rows are faster so than as objects. */
export type EventRow = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  schema: number,
  recordedAt: number,
  context: string,
  data: string,
];

export const COLUMNS = 'position, stream, revision, id, type, schema, recorded_at, context, data';

/** @throws LedgerCorrupted when its JSON is none any more */
export function toEvent(row: EventRow, file: string): RecordedEvent {
  const [position, stream, revision, id, type, schema, recordedAt, context, data] = row;
  const { actor, reason, origin, correlationId, causationId } = parse(
    context,
    position,
    file,
  ) as unknown as EventContext;
  return {
    id: id as EventId,
    type,
    schema,
    stream,
    revision,
    position: position as Position,
    recordedAt: recordedAt as Micros,
    actor,
    reason,
    origin,
    correlationId,
    causationId,
    data: parse(data, position, file),
  };
}

function parse(text: string, position: number, file: string): JsonObject {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) throw unreadable(file, position);
  return value as JsonObject;
}

/** Not with the SyntaxError as the cause: it quotes the event, which belongs in no server's log. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
