import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { errors } from '../core/index.js';

export interface ToReader {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}
export type FromReader =
  | { readonly id: number; readonly rows: readonly unknown[] }
  | { readonly id: number; readonly code: string; readonly message: string };

interface Waiting {
  readonly resolve: (rows: readonly unknown[]) => void;
  readonly reject: (error: Error) => void;
}

/** One is enough to keep the server answering; a second lets a quick search overtake a slow one. */
const THREADS = Math.min(2, availableParallelism());

/** The compiled thread beside this file; `undefined` where the sources run as they are, under a test runner. */
export const readerThread = (): URL | undefined => {
  const entry = new URL('./reader.thread.js', import.meta.url);
  return existsSync(fileURLToPath(entry)) ? entry : undefined;
};

/** A thread that reads the file of the read models: whatever SQLite takes for a query, the event loop goes on. */
class Reader {
  private readonly thread: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  ended = false;

  constructor(file: string, entry: URL) {
    this.thread = new Worker(entry, { workerData: file, env: {}, execArgv: [] });
    this.thread.on('message', (answer: FromReader) => this.receive(answer));
    let cause = 'it has stopped';
    this.thread.on('error', (error: Error) => (cause = error.message));
    this.thread.on('exit', () => this.lost(cause));
  }

  get load(): number {
    return this.waiting.size;
  }

  ask(sql: string, parameters: readonly unknown[]): Promise<readonly unknown[]> {
    const id = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.thread.postMessage({ id, sql, parameters } satisfies ToReader);
    });
  }

  /** A query that runs is not interrupted: SQLite gives the thread back when it is done. */
  async close(): Promise<void> {
    this.lost('the server stops');
    await this.thread.terminate();
  }

  private receive(answer: FromReader): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('rows' in answer) waiting?.resolve(answer.rows);
    else waiting?.reject(Object.assign(new Error(answer.message), { code: answer.code }));
  }

  private lost(why: string): void {
    this.ended = true;
    for (const { reject } of this.waiting.values())
      reject(errors.unavailable('search-interrupted', `the search was interrupted (${why}); try again in a moment`));
    this.waiting.clear();
  }
}

/** Searches go to the thread with the least to do. Threads start with the first search and again after a loss. */
export class Readers {
  private readers: readonly Reader[] = [];
  private closed = false;

  constructor(
    private readonly file: string,
    private readonly entry: URL,
    private readonly threads = THREADS,
  ) {}

  ask(sql: string, parameters: readonly unknown[]): Promise<readonly unknown[]> {
    if (this.closed) return Promise.reject(errors.unavailable('search-interrupted', 'the server stops'));
    this.readers = this.readers.filter(({ ended }) => !ended);
    const idle = this.readers.find(({ load }) => load === 0);
    if (!idle && this.readers.length < this.threads)
      this.readers = [...this.readers, new Reader(this.file, this.entry)];
    const reader = idle ?? this.readers.reduce((least, each) => (each.load < least.load ? each : least));
    return reader.ask(sql, parameters);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.readers.map((reader) => reader.close()));
  }
}
