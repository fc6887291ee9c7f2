import { Actor, EventId, JsonObject, Micros, NewEvent, Origin, Position, RecordedEvent } from '../../core/index.js';
import { LedgerCorrupted } from '../port/index.js';
import { persistentPb, sharedPb, streamsPb } from './client.js';

/** The event's metadata as EventStoreDB's own tools expect it: `$correlationId` and `$causationId`. */
interface Metadata {
  readonly schema: number;
  readonly actor: Actor;
  readonly reason?: string;
  readonly origin: Origin;
  readonly $correlationId: string;
  readonly $causationId?: string;
  /** Which ledger client wrote it, where that is asked afterwards. Not part of the event. */
  readonly $writer?: string;
}

export type WireRecord = streamsPb.ReadResp.ReadEvent.RecordedEvent | persistentPb.ReadResp.ReadEvent.RecordedEvent;

export interface ProposedEvent {
  readonly id: EventId;
  readonly type: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

export function toProposed(event: NewEvent, data: string, writer?: string): ProposedEvent {
  const { id, type, schema, actor, reason, origin, correlationId, causationId } = event;
  const metadata: Metadata = {
    schema,
    actor,
    reason,
    origin,
    $correlationId: correlationId,
    $causationId: causationId,
    $writer: writer,
  };
  return { id, type, data: Buffer.from(data), metadata: Buffer.from(JSON.stringify(metadata)) };
}

export const streamOf = (record: WireRecord): string => text(record.getStreamIdentifier()!.getStreamName_asU8());

export const typeOf = (record: WireRecord): string => record.getMetadataMap().get('type') ?? '';

export const idOf = (record: WireRecord): string => uuidText(record.getId());

/** A position is the commit position. Custody writes no explicit transactions, in which the two would differ. */
export function positionOf(record: WireRecord): Position {
  const commit = record.getCommitPosition();
  const position = Number(commit);
  if (!Number.isSafeInteger(position) || commit !== record.getPreparePosition()) {
    throw new LedgerCorrupted(
      `the event store answers no usable position for event ${idOf(record)}: it must be a version that gives one ` +
        'for every event (22.10 or later), and a log that Custody alone has written',
    );
  }
  return position as Position;
}

/** @throws LedgerCorrupted for an event that Custody has not written */
export function toRecorded(record: WireRecord, stream: string): RecordedEvent {
  const id = idOf(record) as EventId;
  const { schema, actor, reason, origin, $correlationId, $causationId } = parse<Metadata>(
    record.getCustomMetadata_asU8(),
    id,
    stream,
  );
  if (typeof schema !== 'number' || actor === undefined || origin === undefined) throw foreign(id, stream);
  return {
    id,
    type: typeOf(record),
    schema,
    actor,
    ...(reason !== undefined && { reason }),
    origin,
    correlationId: $correlationId,
    ...($causationId !== undefined && { causationId: $causationId }),
    data: parse<JsonObject>(record.getData_asU8(), id, stream),
    stream,
    revision: Number(record.getStreamRevision()),
    position: positionOf(record),
    recordedAt: createdAt(record),
  };
}

/** The client that wrote an event, if it said so. */
export function writerOf(record: WireRecord): string | undefined {
  return parse<Metadata>(record.getCustomMetadata_asU8(), idOf(record), streamOf(record)).$writer;
}

/** Ticks of 100 ns do not fit a double; without their last digit they are microseconds, which do. */
const createdAt = (record: WireRecord): Micros =>
  Number((record.getMetadataMap().get('created') ?? '0').slice(0, -1)) as Micros;

function parse<T>(bytes: Uint8Array, id: string, stream: string): T {
  try {
    return JSON.parse(text(bytes)) as T;
  } catch {
    throw foreign(id, stream);
  }
}

const foreign = (id: string, stream: string): LedgerCorrupted =>
  new LedgerCorrupted(
    `event ${id} in stream ${stream} was not written by Custody; give it an event store, or a namespace, of its own`,
  );

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

/** Asked for as text, but some servers answer two halves of 64 bits. */
function uuidText(message: sharedPb.UUID | undefined): string {
  const halves = message?.getStructured();
  if (!halves) return message?.getString() ?? '';
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0'))
    .join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
