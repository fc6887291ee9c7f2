import Database from 'better-sqlite3';
import { corrupted } from './errors.js';
import { APPLICATION_ID, FORMAT, SCHEMA } from './schema.js';

const TAIL = 1000;

/**
 * Is it a log of ours, in a format we know, with its triggers, and is its end (where a crash would have
 * hurt) intact? Takes the same time however long the log is; damage further back is told by who reads it.
 * @throws LedgerCorrupted
 */
export function checkLog(db: Database.Database, file: string): void {
  // In one transaction, so that others who append meanwhile are not taken for damage.
  db.transaction(() => {
    checkFormat(db, file);
    checkSchema(db, file);
    checkTail(db, file);
  })();
}

function checkFormat(db: Database.Database, file: string): void {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw corrupted(file, 'it is a SQLite database, but not a log of Custody');
  }
  const format = db.pragma('user_version', { simple: true }) as number;
  if (format > FORMAT) {
    throw corrupted(
      file,
      `a newer version of Custody wrote it (format ${format}, this version knows up to ${FORMAT}); use that version`,
    );
  }
  if (format < 1) throw corrupted(file, `its format ${format} is unknown`);
}

function checkSchema(db: Database.Database, file: string): void {
  const statements = db
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .pluck()
    .all();
  if (statements.length !== SCHEMA.length || !SCHEMA.every((statement) => statements.includes(statement))) {
    throw corrupted(file, 'its table or the triggers that keep it append-only were changed');
  }
}

function checkTail(db: Database.Database, file: string): void {
  const head = db.prepare('SELECT coalesce(max(position), 0) FROM events').pluck().get() as number;
  const from = Math.max(head - TAIL, 0);
  // Each event is looked up through both indexes, so that table and indexes must agree.
  const sound = db
    .prepare<[number], number>(
      `SELECT count(*) FROM events AS event WHERE position > ? AND json_valid(context) AND json_valid(data)
        AND (SELECT position FROM events WHERE id = event.id) = event.position
        AND (SELECT position FROM events WHERE stream = event.stream AND revision = event.revision) = event.position
        AND (revision = 0 OR EXISTS (SELECT 1 FROM events WHERE stream = event.stream AND revision = event.revision - 1))`,
    )
    .pluck()
    .get(from);
  if (sound !== head - from) throw corrupted(file, `of its last ${head - from} events only ${sound} are sound`);
  if (head > 0 && db.prepare('SELECT position FROM events ORDER BY position LIMIT 1').pluck().get() !== 1) {
    throw corrupted(file, 'its first event is missing');
  }
}
