import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Clock } from '../../core/index.js';
import { Ledger, Traffic } from '../port/index.js';
import { openLog } from './open-log.js';
import { SqliteLedger } from './sqlite-ledger.js';
import { ThreadWriter } from './thread-writer.js';
import { Quota } from './write-engine.js';
import { InlineWriter, Writer } from './writer.js';

export interface SqliteLedgerOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Where the compiled entry of the writer's thread is, if not beside this module. */
  readonly thread?: URL;
  /** For tests of a full disk; writes in this thread. */
  readonly quota?: Quota;
  /** Where appends are counted. */
  readonly traffic?: Traffic;
}

/**
 * Opens the log, and makes it when there is none.
 * @throws LedgerCorrupted when the file is damaged, not ours, or from a newer version
 * @throws LedgerUnavailable when it can't be read and written now
 */
export async function openSqliteLedger({ file, clock, thread, quota, traffic }: SqliteLedgerOptions): Promise<Ledger> {
  const path = resolve(file);
  const db = openLog(path);
  return new SqliteLedger(path, db, writerOf(path, thread, quota), clock, traffic);
}

/**
 * A thread can only run compiled code. From TypeScript sources, as under Jest, there is none beside this
 * module: then the same engine writes the same groups here, and the event loop waits for each fsync.
 */
function writerOf(file: string, thread = new URL('./writer.thread.js', import.meta.url), quota?: Quota): Writer {
  const compiled = quota === undefined && existsSync(fileURLToPath(thread));
  return compiled ? new ThreadWriter(file, thread) : new InlineWriter(file, quota);
}
