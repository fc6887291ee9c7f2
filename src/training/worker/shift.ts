import { setTimeout as sleep } from 'node:timers/promises';

/** How long jobs that were told to stop may take to write down that they did. */
const HAND_BACK_MS = 2000;

/**
 * The time in which a worker works. It ends by a signal from outside or by an error after which the
 * worker must not go on; then nothing new begins, and what is under way gets a bounded time.
 */
export class Shift {
  /** No new work. */
  readonly ending: AbortSignal;
  private readonly broken = new AbortController();
  private readonly halting = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;

  constructor(signal: AbortSignal) {
    this.ending = AbortSignal.any([signal, this.broken.signal]);
  }

  /** Work under way must stop now. */
  get halt(): AbortSignal {
    return this.halting.signal;
  }

  take(work: Promise<void>): void {
    const entry = work.catch((error: unknown) => this.fail(error)).finally(() => this.underWay.delete(entry));
    this.underWay.add(entry);
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.broken.abort();
  }

  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** What the promise brings, or `undefined` once the shift is ending. */
  async unlessEnding<T>(promise: Promise<T>): Promise<T | undefined> {
    const ended = Promise.withResolvers<undefined>();
    const end = () => ended.resolve(undefined);
    if (this.ending.aborted) end();
    this.ending.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([ended.promise, promise]);
    } finally {
      this.ending.removeEventListener('abort', end);
    }
  }

  /** Lets the work under way finish, then makes it stop; answers within `graceMs` and a little more. */
  async end(graceMs: number): Promise<void> {
    await this.within(this.idle(), this.failure ? 0 : graceMs);
    this.halting.abort();
    await this.within(this.idle());
  }

  async within(promise: Promise<void>, ms = HAND_BACK_MS): Promise<void> {
    const timer = new AbortController();
    const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
    try {
      await Promise.race([promise, late]);
    } finally {
      timer.abort();
    }
  }

  rethrow(): void {
    if (this.failure) throw this.failure.error;
  }
}
