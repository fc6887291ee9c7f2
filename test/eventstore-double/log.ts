import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import {
  type AppendOutcome,
  type Expected,
  fromLine,
  type LogRecord,
  type Proposed,
  sizeOf,
  toLine,
} from './log-record.js';

interface StreamState {
  readonly records: LogRecord[];
  tombstoned: boolean;
  truncateBefore: number;
  maxCount: number;
}

const DELETED = Number.MAX_SAFE_INTEGER;
const REMEMBERED_IDS = 50_000;
const STATISTICS_EVERY = 40;

/**
 * The double's log: one file, one line a write, read back at start. As on the server, the ids of recent
 * writes are kept in memory only, so that idempotence with `any` does not outlive a restart.
 */
export class EventLog {
  readonly all: LogRecord[] = [];
  readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly streams = new Map<string, StreamState>();
  private readonly recent = new Map<string, LogRecord>();
  private readonly fd: number;
  private end = 0;
  private lastTick = 0n;
  private writes = 0;

  constructor(file: string) {
    if (existsSync(file)) this.replay(file);
    this.fd = openSync(file, 'a');
    if (this.all.length === 0) this.writeSystemEvent('$scavenges', '$scavengePoint', { threshold: 0 });
  }

  close(): void {
    closeSync(this.fd);
  }

  append(stream: string, events: readonly Proposed[], expected: Expected): AppendOutcome {
    const state = this.streams.get(stream);
    if (state?.tombstoned) return { kind: 'deleted' };
    const known = this.alreadyThere(stream, events, expected);
    if (known) return known;
    const current = this.currentRevision(stream);
    if (!fits(expected, current)) return { kind: 'wrong-version', current };
    if (events.length === 0) return { kind: 'nothing', revision: current };
    const records = this.write(stream, events);
    for (const record of records) this.remember(record);
    if (++this.writes % STATISTICS_EVERY === 0) this.writeSystemEvent('$stats-127.0.0.1', '$statsCollected', {});
    return this.done(records);
  }

  /** An event of the server's own, such as those that share `$all` with the user's. */
  writeSystemEvent(stream: string, type: string, data: unknown, metadata?: unknown): LogRecord {
    const isJson = typeof data !== 'string';
    const bytes = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));
    const more = metadata === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(metadata));
    return this.write(stream, [{ id: randomUUID(), type, isJson, data: bytes, metadata: more }])[0]!;
  }

  setTruncateBefore(stream: string, revision: number): void {
    this.writeSystemEvent(`$$${stream}`, '$metadata', { $tb: revision });
  }

  softDelete(stream: string): LogRecord {
    return this.writeSystemEvent(`$$${stream}`, '$metadata', { $tb: DELETED });
  }

  tombstone(stream: string): LogRecord {
    return this.writeSystemEvent(stream, '$streamDeleted', {});
  }

  isTombstoned(stream: string): boolean {
    return this.streams.get(stream)?.tombstoned ?? false;
  }

  /** What a reader may see; `undefined` when there is no such stream. */
  readable(stream: string): readonly LogRecord[] | undefined {
    const state = this.streams.get(stream);
    if (!state || state.truncateBefore === DELETED) return undefined;
    const first = Math.max(state.truncateBefore, state.records.length - state.maxCount);
    return first > 0 ? state.records.slice(first) : state.records;
  }

  record(stream: string, revision: number): LogRecord | undefined {
    return this.streams.get(stream)?.records[revision];
  }

  currentRevision(stream: string): number | undefined {
    const state = this.streams.get(stream);
    if (!state || state.records.length === 0 || state.truncateBefore === DELETED) return undefined;
    return state.records.length - 1;
  }

  /** Index in `all` of the first record at or after a position. */
  indexAt(position: number): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.all[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The server's idempotence: with an exact revision the events after it are compared; with the others
   * only the ids that it still remembers. A mixture is a wrong version.
   */
  private alreadyThere(stream: string, events: readonly Proposed[], expected: Expected): AppendOutcome | undefined {
    const current = this.currentRevision(stream);
    if (events.length === 0 || current === undefined) return undefined;
    const next = expected === 'no-stream' ? 0 : typeof expected === 'number' ? expected + 1 : undefined;
    if (next !== undefined && next > current) return undefined;
    const found = events.map(({ id }, index) => {
      const record = next === undefined ? this.recent.get(id) : this.record(stream, next + index);
      return record && record.id === id && record.stream === stream ? record : undefined;
    });
    if (found.every((record) => record === undefined)) return undefined;
    if (found.some((record) => record === undefined)) return { kind: 'wrong-version', current };
    return this.done(found as LogRecord[]);
  }

  /** The server answers a write's first log offset, which is not its last event's position. */
  private done(records: readonly LogRecord[]): AppendOutcome {
    return { kind: 'done', revision: records.at(-1)!.revision, position: records[0]!.position };
  }

  private write(stream: string, events: readonly Proposed[]): LogRecord[] {
    const tick = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 10n;
    this.lastTick = tick > this.lastTick ? tick : this.lastTick + 1n;
    let revision = this.streams.get(stream)?.records.length ?? 0;
    let position = this.end;
    const records = events.map((event) => {
      const record: LogRecord = { ...event, stream, revision: revision++, position, created: this.lastTick };
      position += sizeOf(record);
      return record;
    });
    writeSync(this.fd, `${toLine(records)}\n`);
    for (const record of records) this.index(record);
    this.changes.emit('appended');
    return records;
  }

  private index(record: LogRecord): void {
    this.all.push(record);
    this.end = record.position + sizeOf(record);
    this.lastTick = record.created;
    const state = this.state(record.stream);
    if (record.type === '$streamDeleted') state.tombstoned = true;
    else state.records.push(record);
    if (state.truncateBefore === DELETED) state.truncateBefore = record.revision;
    if (record.type === '$metadata' && record.stream.startsWith('$$')) this.applyMetadata(record);
  }

  private applyMetadata(record: LogRecord): void {
    const { $tb, $maxCount } = JSON.parse(record.data.toString()) as { $tb?: number; $maxCount?: number };
    const target = this.state(record.stream.slice(2));
    target.truncateBefore = $tb ?? 0;
    target.maxCount = $maxCount ?? DELETED;
  }

  private state(stream: string): StreamState {
    let state = this.streams.get(stream);
    if (!state) {
      state = { records: [], tombstoned: false, truncateBefore: 0, maxCount: DELETED };
      this.streams.set(stream, state);
    }
    return state;
  }

  private remember(record: LogRecord): void {
    this.recent.set(record.id, record);
    if (this.recent.size > REMEMBERED_IDS) this.recent.delete(this.recent.keys().next().value!);
  }

  /** A last line without its end is a write that was never acknowledged: cut off. */
  private replay(file: string): void {
    const bytes = readFileSync(file);
    let from = 0;
    for (let to = bytes.indexOf(10); to !== -1; to = bytes.indexOf(10, from)) {
      for (const record of fromLine(bytes.subarray(from, to).toString())) this.index(record);
      from = to + 1;
    }
    if (from < bytes.length) truncateSync(file, from);
  }
}

function fits(expected: Expected, current: number | undefined): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'no-stream':
      return current === undefined;
    case 'stream-exists':
      return current !== undefined;
    default:
      return current === expected;
  }
}
