/** `PRAGMA application_id` of a log, "Cust" in ASCII, and the version of its format in `PRAGMA user_version`. */
export const APPLICATION_ID = 0x43757374;
export const FORMAT = 1;

/**
 * The whole log. `recorded_at` is in microseconds; `context` and `data` are the JSON texts of the envelope.
 *
 * Nothing is ever changed: the triggers refuse it even to somebody at a SQLite prompt. An insert may only
 * go to the end of the log and of its stream, under a new id; `INSERT OR REPLACE` would otherwise delete
 * a row without firing the delete trigger. When opened, a log must have exactly these statements.
 */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  revision INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  schema INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  context TEXT NOT NULL,
  data TEXT NOT NULL,
  UNIQUE (stream, revision)
) STRICT`,
  `CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the log is append-only: an event is never changed'); END`,
  `CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the log is append-only: an event is never deleted'); END`,
  `CREATE TRIGGER events_go_to_the_end BEFORE INSERT ON events
WHEN new.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events)
  OR new.revision IS NOT (SELECT coalesce(max(revision), -1) + 1 FROM events WHERE stream = new.stream)
  OR new.recorded_at < (SELECT recorded_at FROM events WHERE position = new.position - 1)
  OR EXISTS (SELECT 1 FROM events WHERE id = new.id)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: an event goes to its end and the end of its stream, under a new id'); END`,
];
