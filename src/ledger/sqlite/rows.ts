import { EventContext, EventId, JsonObject, Micros, Position, RecordedEvent } from '../../core/index.js';

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

export function toEvent([
  position,
  stream,
  revision,
  id,
  type,
  schema,
  recordedAt,
  context,
  data,
]: EventRow): RecordedEvent {
  const { actor, reason, origin, correlationId, causationId } = JSON.parse(context) as EventContext;
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
    data: JSON.parse(data) as JsonObject,
  };
}
