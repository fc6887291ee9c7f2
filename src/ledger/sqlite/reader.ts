import Database from 'better-sqlite3';
import { Position, RecordedEvent } from '../../core/index.js';
import { DEFAULT_PAGE, ReadAll, ReadStream } from '../port/index.js';
import { isDamage, translate, translated, unreadable } from './errors.js';
import { COLUMNS, EventRow, toEvent } from './rows.js';

/** A subscription's batch ends early at this many characters, whatever number of events was asked for. */
const BATCH_CHARACTERS = 16 * 1024 * 1024;

/** SQLite's name for the one of UNIQUE (stream, revision). */
const INDEX = 'sqlite_autoindex_events_2';

interface Rows {
  readonly events: Database.Statement<unknown[], EventRow>;
  /** Where the n-th of these events is, told by an index alone, so also when the event itself is damaged. */
  readonly place: Database.Statement<unknown[], number>;
}

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
    const rows = (rest: string): Rows => ({
      events: db.prepare<unknown[], EventRow>(`SELECT ${COLUMNS} FROM events WHERE ${rest} LIMIT ?`).raw(),
      place: db
        .prepare<unknown[], number>(`SELECT position FROM events INDEXED BY ${INDEX} WHERE ${rest} LIMIT 1 OFFSET ?`)
        .pluck(),
    });
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
    return this.located(this.logForwards, [position], limit, () => {
      const events: RecordedEvent[] = [];
      let characters = 0;
      for (const row of this.logForwards.events.iterate(position, limit)) {
        events.push(toEvent(row, this.file));
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

  private page(rows: Rows, limit: number, ...where: readonly unknown[]): readonly RecordedEvent[] {
    // SQLite takes a negative limit for none at all.
    const atMost = Math.max(limit, 0);
    return this.located(rows, where, atMost, () =>
      rows.events.all(...where, atMost).map((row) => toEvent(row, this.file)),
    );
  }

  /** Runs it with its errors translated; damage in the file is told with the event that it hit. */
  private located<T>(rows: Rows, where: readonly unknown[], limit: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      const position = isDamage(error) ? this.firstDamaged(rows, where, limit) : undefined;
      throw position === undefined ? translate(error, this.file) : unreadable(this.file, position, { cause: error });
    }
  }

  /** SQLite does not say where it failed, so the same rows are read once more, one by one. */
  private firstDamaged({ events, place }: Rows, where: readonly unknown[], limit: number): number | undefined {
    let intact = 0;
    try {
      for (const _ of events.iterate(...where, limit)) intact++;
    } catch {
      return this.placeOf(place, [...where, intact]);
    }
    return undefined;
  }

  /** Unknown when the index is damaged too. */
  private placeOf(place: Rows['place'], parameters: readonly unknown[]): number | undefined {
    try {
      return place.get(...parameters);
    } catch {
      return undefined;
    }
  }
}
