import Database from 'better-sqlite3';
import { LedgerCorrupted } from '../../port/index.js';
import { translate } from '../errors.js';

const APPLICATION_ID = 0x43757363;
const FORMAT = 1;
const BUSY_TIMEOUT_MS = 2000;

/**
 * Which consumer group is where. A delivery is held (it has an owner), parked (it has a reason), or waits
 * for a consumer (it has neither); an event that is done has none. `position` is how far a group has
 * looked at the log. A consumer that has not renewed `alive_until` is dead.
 */
const SCHEMA = `
CREATE TABLE groups (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
CREATE TABLE consumers (id TEXT PRIMARY KEY, alive_until INTEGER NOT NULL) STRICT;
CREATE TABLE deliveries (
  group_name TEXT NOT NULL,
  position INTEGER NOT NULL,
  retries INTEGER NOT NULL,
  owner TEXT,
  acknowledge_until INTEGER,
  parked TEXT,
  PRIMARY KEY (group_name, position)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${FORMAT};`;

/**
 * The file beside the log for what changes all the time, so that the log itself is only ever appended to.
 * It can be lost: its groups then begin anew and everything is delivered again. So a commit is not
 * fsynced (`synchronous = NORMAL`): after a power failure the last acknowledgements may be forgotten.
 */
export function openConsumers(file: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    const id = db.pragma('application_id', { simple: true });
    const version = db.pragma('user_version', { simple: true });
    if (id === 0 && version === 0) create(db);
    else if (id !== APPLICATION_ID || version !== FORMAT) throw unusable(file);
    db.pragma('synchronous = NORMAL');
    return db;
  } catch (error) {
    db?.close();
    const reason = translate(error, file);
    throw reason instanceof LedgerCorrupted ? unusable(file, error) : reason;
  }
}

function create(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.transaction(() => {
    // Another process may have been first.
    if (db.pragma('application_id', { simple: true }) === 0) db.exec(SCHEMA);
  }).immediate();
}

const unusable = (file: string, cause?: unknown) =>
  new LedgerCorrupted(
    `${file} is damaged or from another version. It only tells which deliveries are done: move it away, and they are made again.`,
    { cause },
  );
