import Database from 'better-sqlite3';
import { Position, RecordedEvent } from '../../core/index.js';
import { DEFAULT_PAGE, ReadAll, ReadStream } from '../port/index.js';
import { translated } from './errors.js';
import { COLUMNS, EventRow, toEvent } from './rows.js';

/** A subscription's batch ends early at this many characters, whatever number of events was asked for. */
const BATCH_CHARACTERS = 16 * 1024 * 1024;

/** All reading of the log. Each call is one statement, so no read transaction outlives it. */
export class Reader {
  private readonly streamForwards;
  private readonly streamBackwards;
  private readonly logForwards;
  private readonly logBackwards;
  private readonly last;
  private readonly nextOfTypes;
  private readonly touched;

  constructor(
    db: Database.Database,
    private readonly file: string,
  ) {
    const rows = (rest: string) =>
      db.prepare<unknown[], EventRow>(`SELECT ${COLUMNS} FROM events WHERE ${rest} LIMIT ?`).raw();
    this.streamForwards = rows('stream = ? AND revision >= ? ORDER BY revision');
    this.streamBackwards = rows('stream = ? AND revision <= ? ORDER BY revision DESC');
    this.logForwards = rows('position > ? ORDER BY position');
    this.logBackwards = rows('position < ? ORDER BY position DESC');
    this.touched = db
      .prepare<unknown[], string>('SELECT DISTINCT stream FROM events WHERE position > ? AND position <= ?')
      .pluck();
    this.last = db.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck();
    this.nextOfTypes = db
      .prepare<unknown[], number>(
        'SELECT position FROM events WHERE position > ? AND position <= ? AND type IN (SELECT value FROM json_each(?)) ORDER BY position LIMIT 1',
      )
      .pluck();
  }

  stream(stream: string, { from, direction, limit = DEFAULT_PAGE }: ReadStream): readonly RecordedEvent[] {
    const backwards = direction === 'backwards';
    return this.page(
      backwards ? this.streamBackwards : this.streamForwards,
      limit,
      stream,
      from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0),
    );
  }

  all({ from, direction, limit = DEFAULT_PAGE }: ReadAll): readonly RecordedEvent[] {
    const backwards = direction === 'backwards';
    return this.page(
      backwards ? this.logBackwards : this.logForwards,
      limit,
      from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0),
    );
  }

  /** At least one event, if there is one, and at most `limit`, bounded in size. */
  batchAfter(position: Position, limit: number): readonly RecordedEvent[] {
    return translated(this.file, () => {
      const events: RecordedEvent[] = [];
      let characters = 0;
      for (const row of this.logForwards.iterate(position, limit)) {
        events.push(toEvent(row));
        characters += row[7].length + row[8].length;
        if (characters >= BATCH_CHARACTERS) break;
      }
      return events;
    });
  }

  at(position: Position): RecordedEvent {
    return this.all({ from: (position - 1) as Position, limit: 1 })[0]!;
  }

  /** Position of the first event of these types in a range (exclusive, inclusive). */
  firstOf(types: readonly string[], after: number, upTo: number): Position | undefined {
    return translated(this.file, () => this.nextOfTypes.get(after, upTo, JSON.stringify(types))) as
      Position | undefined;
  }

  /** The streams with events in a range of positions (exclusive, inclusive). */
  streamsBetween(after: Position, upTo: Position): readonly string[] {
    return translated(this.file, () => this.touched.all(after, upTo));
  }

  head(): Position {
    return translated(this.file, () => this.last.get()) as Position;
  }

  private page(
    statement: Database.Statement<unknown[], EventRow>,
    limit: number,
    ...where: readonly unknown[]
  ): readonly RecordedEvent[] {
    // SQLite takes a negative limit for none at all.
    return translated(this.file, () => statement.all(...where, Math.max(limit, 0)).map(toEvent));
  }
}
