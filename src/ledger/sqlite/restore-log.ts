import { existsSync, rmSync } from 'node:fs';
import type { RecordedEvent } from '../../core/index.js';
import { LedgerCorrupted } from '../port/index.js';
import { isSqliteError } from './errors.js';
import { connect, openLog } from './open-log.js';
import { COLUMNS } from './rows.js';

const BATCH = 5000;

/**
 * A new log of events that were recorded elsewhere, with their ids and times. The triggers hold as always: an event
 * that does not go to the end of its stream is refused. What breaks off leaves nothing behind.
 *
 * @throws LedgerCorrupted when there is a log already, or the events are no log
 */
export async function restoreLog(
  file: string,
  events: AsyncIterable<Omit<RecordedEvent, 'position'>>,
): Promise<number> {
  if (existsSync(file)) throw new LedgerCorrupted(`there is a log at ${file} already: restore into an empty folder`);
  openLog(file).close();
  const db = connect(file);
  const insert = db.prepare(`INSERT INTO events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  let position = 0;
  try {
    for await (const event of events) {
      if (!db.inTransaction) db.exec('BEGIN IMMEDIATE');
      const { stream, revision, id, type, schema, recordedAt, data } = event;
      const { actor, reason, origin, correlationId, causationId } = event;
      const context = JSON.stringify({ actor, reason, origin, correlationId, causationId });
      insert.run(++position, stream, revision, id, type, schema, recordedAt, context, JSON.stringify(data));
      if (position % BATCH === 0) db.exec('COMMIT');
    }
    if (db.inTransaction) db.exec('COMMIT');
    db.close();
    return position;
  } catch (error) {
    db.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    if (!isSqliteError(error)) throw error;
    throw new LedgerCorrupted(`event ${position} does not continue the log: ${error.message}`, { cause: error });
  }
}
