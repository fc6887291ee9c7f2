import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { keptStatements } from './kept-statements.js';
import type { FromReader, ToReader } from './readers.js';

/** Opened at the first question, so that a file that can't be opened is an answer and not the thread's end. */
let prepare: ((sql: string) => Database.Statement) | undefined;

const port = parentPort!;
port.on('message', ({ id, sql, parameters }: ToReader) => port.postMessage(answer(id, sql, parameters)));

function answer(id: number, sql: string, parameters: readonly unknown[]): FromReader {
  try {
    prepare ??= keptStatements(open(workerData as string));
    return { id, rows: prepare(sql).all(...parameters) };
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    return { id, code, message };
  }
}

function open(file: string): Database.Database {
  const opened = new Database(file, { readonly: true, fileMustExist: true });
  opened.pragma('cache_size = -65536');
  return opened;
}
