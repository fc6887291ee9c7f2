import { Clock, EventId, JsonObject, Micros, NewEvent, Position, RecordedEvent } from '../../core/index.js';
import {
  AppendResult,
  assertStreamName,
  ExpectedRevision,
  IdempotencyViolation,
  RevisionConflict,
  serialize,
} from '../port/index.js';
import { Bell } from '../subscription/index.js';
import { MemoryGroup } from './memory-group.js';

/** What several memory ledgers share: the events and the groups of consumers. */
export class MemoryLog {
  readonly events: RecordedEvent[] = [];
  readonly groups = new Map<string, MemoryGroup>();
  readonly bell = new Bell();
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly byId = new Map<string, RecordedEvent>();

  constructor(private readonly clock: Clock) {}

  stream(name: string): readonly RecordedEvent[] {
    return this.streams.get(name) ?? [];
  }

  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): AppendResult {
    assertStreamName(stream);
    if (events.length === 0) throw new RangeError('an append needs at least one event');
    // Through JSON, as in every store: what comes back shares nothing with what was given.
    const rows = serialize(events);
    const repeated = this.repetition(stream, rows);
    if (repeated) return { revision: repeated.revision, position: repeated.position, repeated: true };
    const present = this.stream(stream).length;
    if (!fits(expected, present)) throw new RevisionConflict(stream, expected, present === 0 ? 'none' : present - 1);
    const recordedAt = Math.max(this.clock.now(), this.events.at(-1)?.recordedAt ?? 0) as Micros;
    for (const { id, type, schema, context, data } of rows) {
      const envelope = JSON.parse(context) as Pick<
        NewEvent,
        'actor' | 'reason' | 'origin' | 'correlationId' | 'causationId'
      >;
      const place = {
        stream,
        revision: this.stream(stream).length,
        position: (this.events.length + 1) as Position,
        recordedAt,
      };
      this.keep({ id: id as EventId, type, schema, ...envelope, data: JSON.parse(data) as JsonObject, ...place });
    }
    this.bell.ring();
    const { revision, position } = this.events.at(-1)!;
    return { revision, position, repeated: false };
  }

  private keep(event: RecordedEvent): void {
    this.events.push(event);
    this.byId.set(event.id, event);
    const stream = this.streams.get(event.stream);
    if (stream) stream.push(event);
    else this.streams.set(event.stream, [event]);
  }

  /** The last event of the append that these ids made before, if they did. */
  private repetition(stream: string, rows: readonly { readonly id: string }[]): RecordedEvent | undefined {
    const known = rows.map(({ id }) => this.byId.get(id));
    const violates = (index: number) => new IdempotencyViolation(stream, rows[index]!.id);
    rows.forEach(({ id }, index) => {
      if (rows.findIndex((other) => other.id === id) !== index) throw violates(index);
      if ((known[index] === undefined) !== (known[0] === undefined)) throw violates(index);
      const first = known[0];
      if (first && (known[index]!.stream !== stream || known[index]!.revision !== first.revision + index))
        throw violates(index);
    });
    return known.at(-1);
  }
}

function fits(expected: ExpectedRevision, present: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'none') return present === 0;
  if (expected === 'exists') return present > 0;
  return present > 0 && expected === present - 1;
}
