import { BigIntStats, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ExpectedRevision, SerializedEvent } from '../port/index.js';
import { AppendRequest, Group, Outcome } from './group.js';
import { connect } from './open-log.js';
import { COLUMNS } from './rows.js';

type Known = [stream: string, revision: number, position: number];

const MAX_HEADS = 20_000;

/** The writer's connection to the log: how the appends of a group become rows, inside its transaction. */
export class WriteConnection {
  readonly db: Database.Database;
  private readonly opened: BigIntStats;
  /** Last revisions of streams written lately: true until another process commits. Lost with the connection, so also after a rollback. */
  private readonly heads = new Map<string, number>();
  private headsVersion: number | undefined;
  private readonly tail;
  private readonly lastRevision;
  private readonly version;
  private readonly byId;
  private readonly insert;

  constructor(
    private readonly file: string,
    maxPages?: number,
  ) {
    this.db = connect(file);
    if (maxPages !== undefined) this.db.pragma(`max_page_count = ${maxPages}`);
    this.opened = statSync(file, { bigint: true });
    const prepare = <Parameters extends unknown[], Row>(sql: string) => this.db.prepare<Parameters, Row>(sql);
    this.tail = prepare<[], [position: number, recordedAt: number]>(
      'SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1',
    ).raw();
    this.lastRevision = prepare<[string], number | null>('SELECT max(revision) FROM events WHERE stream = ?').pluck();
    this.version = prepare<[], number>('PRAGMA data_version').pluck();
    this.byId = prepare<[string], Known>('SELECT stream, revision, position FROM events WHERE id = ?').raw();
    this.insert = prepare<unknown[], never>(`INSERT INTO events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  }

  /** Writing to a file that has lost its name would be lost with the process. */
  isOrphaned(): boolean {
    const named = statSync(this.file, { bigint: true, throwIfNoEntry: false });
    return named?.ino !== this.opened.ino || named.dev !== this.opened.dev;
  }

  append({ now, requests }: Group): readonly Outcome[] {
    let [position, recordedAt] = this.tail.get() ?? [0, 0];
    recordedAt = Math.max(recordedAt, now);
    this.refreshHeads();
    return requests.map((request): Outcome => {
      // All refusals come before the first insert, so a refused append needs no savepoint.
      const repetition = this.repetition(request);
      if (repetition) return repetition;
      const last = this.heads.get(request.stream) ?? this.lastRevision.get(request.stream) ?? -1;
      if (!fits(request.expected, last)) return { kind: 'conflict', actual: last < 0 ? 'none' : last };
      let revision = last;
      for (const { id, type, schema, context, data } of request.events) {
        this.insert.run(++position, request.stream, ++revision, id, type, schema, recordedAt, context, data);
      }
      this.heads.set(request.stream, revision);
      return { kind: 'appended', revision, position, repeated: false };
    });
  }

  /** Inside the transaction: from here to its end nobody else can commit. */
  private refreshHeads(): void {
    const version = this.version.get();
    if (version === this.headsVersion && this.heads.size < MAX_HEADS) return;
    this.heads.clear();
    this.headsVersion = version;
  }

  /** The first result when all ids are known as one append to this stream, nothing when none is, else a violation. */
  private repetition({ stream, events }: AppendRequest): Outcome | undefined {
    const known = events.map(({ id }) => this.byId.get(id));
    const [first] = known;
    const wrong = first
      ? known.findIndex((event, index) => event?.[0] !== stream || event[1] !== first[1] + index)
      : known.findIndex((event) => event !== undefined);
    if (wrong >= 0) return { kind: 'violation', id: events[wrong]!.id };
    const [, revision, position] = known.at(-1) ?? [];
    if (revision !== undefined && position !== undefined)
      return { kind: 'appended', revision, position, repeated: true };
    const twice = duplicate(events);
    return twice === undefined ? undefined : { kind: 'violation', id: twice };
  }
}

/** `last` is -1 for a stream that does not exist. */
function fits(expected: ExpectedRevision, last: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'none') return last < 0;
  return last >= 0 && (expected === 'exists' || expected === last);
}

function duplicate(events: readonly SerializedEvent[]): string | undefined {
  if (events.length === 1) return undefined;
  const seen = new Set<string>();
  return events.find(({ id }) => seen.size === seen.add(id).size)?.id;
}
