import { Worker } from 'node:worker_threads';
import { LedgerUnavailable } from '../port/index.js';
import { ledgerError } from './errors.js';
import { Group, Outcome } from './group.js';
import { Writer } from './writer.js';

export type ToWriter =
  { readonly kind: 'write'; readonly group: Group } | { readonly kind: 'probe' } | { readonly kind: 'close' };
export type FromWriter =
  | { readonly kind: 'written'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

interface Waiting {
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The engine in a thread: neither an fsync nor the wait for another process's commit ever stops the
 * event loop. Started at the first write, because most processes' ledgers only read; started again should
 * it die, when what it was asked has an unknown outcome, to be retried with the same ids.
 */
export class ThreadWriter implements Writer {
  private thread: Worker | undefined;
  /** The thread answers in order. */
  private waiting: Waiting[] = [];

  constructor(
    private readonly file: string,
    private readonly entry: URL,
  ) {}

  write(group: Group): Promise<readonly Outcome[]> {
    return this.ask({ kind: 'write', group });
  }

  async probe(): Promise<void> {
    await this.ask({ kind: 'probe' });
  }

  async close(): Promise<void> {
    if (!this.thread) return;
    const gone = new Promise((resolve) => this.thread!.once('exit', resolve));
    this.thread.postMessage({ kind: 'close' } satisfies ToWriter);
    await gone;
  }

  private ask(message: ToWriter): Promise<readonly Outcome[]> {
    this.thread ??= this.start();
    this.thread.postMessage(message);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private start(): Worker {
    const thread = new Worker(this.entry, { workerData: this.file });
    thread.on('message', (answer: FromWriter) => this.receive(answer));
    let cause = new Error('it has stopped');
    thread.on('error', (error: Error) => (cause = error));
    thread.on('exit', () => this.lost(cause));
    return thread;
  }

  private receive(answer: FromWriter): void {
    const { resolve, reject } = this.waiting.shift()!;
    if (answer.kind === 'written') resolve(answer.outcomes);
    else reject(answer.code === '' ? new Error(answer.message) : ledgerError(answer, this.file));
  }

  private lost(cause: Error): void {
    this.thread = undefined;
    const lost = this.waiting;
    this.waiting = [];
    for (const { reject } of lost) {
      reject(new LedgerUnavailable(`the writer of ${this.file} was lost: ${cause.message}`, 'io', { cause }));
    }
  }
}
