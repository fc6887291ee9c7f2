import { setTimeout as sleep } from 'node:timers/promises';
import { classify, Failure, UNEXPECTED } from './failure.js';

export interface Insistence {
  /** Rejects with the signal's reason once it aborts. */
  readonly signal: AbortSignal;
  readonly backoffMs: (n: number) => number;
  readonly onRetry: (failure: Failure) => void;
}

/** Repeats what fails for a passing reason until it succeeds: for what must be recorded, however long the log is away. */
export async function insist<T>(work: () => Promise<T>, { signal, backoffMs, onRetry }: Insistence): Promise<T> {
  for (let n = 0; ; n++) {
    try {
      return await work();
    } catch (error) {
      const failure = classify(error);
      if (failure.kind !== 'passing' || failure.code === UNEXPECTED) throw error;
      signal.throwIfAborted();
      onRetry(failure);
      await sleep(backoffMs(n), undefined, { signal });
    }
  }
}
