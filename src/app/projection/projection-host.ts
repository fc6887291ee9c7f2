import { Worker } from 'node:worker_threads';
import { errors, Position, START } from '../../core/index.js';
import { LedgerCorrupted } from '../../ledger/index.js';
import { Settings } from '../config/settings.js';

export type ToHost =
  | { readonly kind: 'rebuilding'; readonly why: string }
  | { readonly kind: 'progress'; readonly checkpoint: Position; readonly head: Position }
  | { readonly kind: 'checkpoint'; readonly checkpoint: Position }
  | { readonly kind: 'caught-up'; readonly checkpoint: Position }
  | { readonly kind: 'stalled'; readonly message: string }
  /** `damaged`: the log itself can't be read or understood. */
  | { readonly kind: 'failed'; readonly message: string; readonly damaged: boolean };
export type ToThread = { readonly kind: 'poke' } | { readonly kind: 'stop' };

export interface ProjectionLog {
  info(message: string): void;
  error(message: string): void;
}

interface Waiter {
  readonly position: Position;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Loading the rooms would fill the 48 MB of new space that V8 takes otherwise, once and for nothing. */
const resourceLimits = { maxYoungGenerationSizeMb: 16 };

/**
 * The projector in a thread of its own: the read models follow the log without taking time from
 * requests. Under load it works in batches, a few tens of milliseconds behind; a reader that needs a
 * position pokes it, and waits a bounded time.
 */
export class ProjectionHost {
  private position: Position = START;
  private waiters: Waiter[] = [];
  private failure: string | undefined;
  private stalled: string | undefined;
  private readonly thread: Worker;
  private readonly started: Promise<void>;
  private taken = 0;
  private stopping = false;
  private ended = false;

  constructor(
    settings: Settings,
    private readonly waitMs: number,
    private readonly log: ProjectionLog,
  ) {
    this.thread = new Worker(new URL('./projector.thread.js', import.meta.url), {
      workerData: settings,
      resourceLimits,
    });
    this.started = new Promise((resolve, reject) => {
      this.thread.on('message', (message: ToHost) => this.receive(message, resolve, reject));
      this.thread.on('error', (error: Error) => this.fail(error.message, reject));
      this.thread.on('exit', () => {
        this.ended = true;
        this.fail('the projector has stopped', reject);
      });
    });
    this.started.catch(() => undefined);
  }

  /** Resolves once the read models include what was in the log at the start. */
  ready(): Promise<void> {
    return this.started;
  }

  get checkpoint(): Position {
    return this.position;
  }

  /** Batches taken in since the start, those of the catch-up before it not counted. */
  get batches(): number {
    return this.taken;
  }

  /** Why the read models no longer follow the log; `undefined` while they do. */
  get problem(): string | undefined {
    return this.failure ?? this.stalled;
  }

  reached(position: Position): Promise<void> {
    if (this.position >= position) return Promise.resolve();
    const { problem } = this;
    if (problem !== undefined) return Promise.reject(lagging(problem));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((waiter) => waiter.timer !== timer);
        reject(lagging(`they are at ${this.position}, the read needs ${position}`));
      }, this.waitMs);
      this.waiters.push({ position, resolve, reject, timer });
      this.thread.postMessage({ kind: 'poke' } satisfies ToThread);
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.ended) return;
    const gone = new Promise((resolve) => this.thread.once('exit', resolve));
    this.thread.postMessage({ kind: 'stop' } satisfies ToThread);
    const timer = setTimeout(() => void this.thread.terminate(), 5000);
    await gone;
    clearTimeout(timer);
  }

  private receive(message: ToHost, started: () => void, failed: (error: Error) => void): void {
    switch (message.kind) {
      case 'rebuilding':
        this.log.info(`${message.why}: building them from the log`);
        return;
      case 'progress':
        this.log.info(`read models: ${message.checkpoint} of ${message.head}`);
        return this.advance(message.checkpoint);
      case 'caught-up':
        this.advance(message.checkpoint);
        return started();
      case 'checkpoint':
        if (message.checkpoint > this.position) this.taken++;
        return this.advance(message.checkpoint);
      case 'stalled':
        return this.stall(message.message);
      case 'failed':
        return this.fail(message.message, failed, message.damaged);
    }
  }

  /** For a reason that may pass: said, answered to those who wait, and over with the next checkpoint. */
  private stall(message: string): void {
    if (this.stalled !== message) this.log.error(`the read models wait: ${message}`);
    this.stalled = message;
    this.giveUpWaiting(message);
  }

  private advance(checkpoint: Position): void {
    if (this.stalled !== undefined) this.log.info('the read models follow the log again');
    this.stalled = undefined;
    this.position = checkpoint;
    const due = this.waiters.filter(({ position }) => position <= checkpoint);
    if (due.length === 0) return;
    this.waiters = this.waiters.filter(({ position }) => position > checkpoint);
    for (const { timer, resolve } of due) {
      clearTimeout(timer);
      resolve();
    }
  }

  private giveUpWaiting(message: string): void {
    for (const { timer, reject } of this.waiters) {
      clearTimeout(timer);
      reject(lagging(message));
    }
    this.waiters = [];
  }

  private fail(message: string, failed: (error: Error) => void, damaged = false): void {
    if (this.stopping || this.failure !== undefined) return;
    this.failure = message;
    this.log.error(`the read models no longer follow the log: ${message}`);
    this.giveUpWaiting(message);
    failed(damaged ? new LedgerCorrupted(message) : new Error(message));
  }
}

const lagging = (why: string) =>
  errors.unavailable('read-models-lag', `the read models do not include this yet (${why}); try again in a moment`);
