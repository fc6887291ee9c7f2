import { EXIT } from './exit-codes.js';

/** A stop that hangs must not leave a process behind that nobody looks after. */
const GRACE_MS = 5000;

export function endWithin(ms: number): void {
  setTimeout(() => process.exit(EXIT.unavailable), ms + GRACE_MS).unref();
}

/**
 * Resolves at the first SIGINT or SIGTERM, or when the parent that started this process with a channel
 * goes away. A second signal ends the process at once.
 */
export function askedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: string) => {
      if (asked) process.exit(130);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    if (!process.send) return;
    // A stopping process lets go of the channel itself, which must not count as a second wish.
    process.on('disconnect', () => asked || onSignal('parent gone'));
    // It may have gone while this program was being loaded.
    if (!process.connected) onSignal('parent gone');
  });
}
