/**
 * Wakes everybody who waits. Look first, then wait in the same tick: nothing can ring in between, so no
 * wake-up is lost.
 */
export class Bell {
  private readonly waiting = new Set<() => void>();

  ring(): void {
    for (const wake of [...this.waiting]) wake();
  }

  /** Until the next ring, until the signal aborts, or until the time is over, whichever comes first. */
  wait(signal: AbortSignal, timeoutMs?: number): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
      const waiting = this.waiting;
      waiting.add(wake);
      signal.addEventListener('abort', wake);
      function wake(): void {
        clearTimeout(timer);
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      }
    });
  }
}
