import { StoreFailure } from './failure.js';

/** A call that stays silent for too long counts as unreachable: what it did is unknown. */
export async function within<T>(limitMs: number, call: Promise<T>): Promise<T> {
  if (limitMs === Infinity) return call;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const silence = new StoreFailure('unreachable', 'the event store stays silent', 'none', { stuck: true });
    timer = setTimeout(() => reject(silence), limitMs);
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    clearTimeout(timer);
  }
}
