import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loading the code leaves so much garbage at once that V8 would grow the new space of each thread to 48 MB, and
 * keep it. While it loads, new space stays as it is; what a busy server then needs it still gets.
 */
export async function startingLeanly<T>(start: () => Promise<T>): Promise<T> {
  setFlagsFromString('--semi-space-growth-factor=1');
  try {
    return await start();
  } finally {
    setFlagsFromString('--semi-space-growth-factor=2');
    dropGarbage();
  }
}

/** Of this thread. What loading left behind would lie about until there is much more of it. */
export function dropGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  setFlagsFromString('--no-expose-gc');
}
