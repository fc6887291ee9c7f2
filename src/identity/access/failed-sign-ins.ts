import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Wrong passwords in a row that lock an account. */
export const FAILURES_TO_LOCK = 5;
const REMEMBERED = 50_000;
/** A wrong password is forgotten when no other follows it for so long. */
const FORGOTTEN_MS = 60 * 60_000;

/**
 * Wrong passwords in a row, by login, whether there is such an account or not: what is counted and how
 * long it takes must not tell which logins exist. In memory: a process that forgets gives a guesser five
 * more tries, while the lock itself is in the log and holds in every process.
 */
@Injectable()
export class FailedSignIns {
  private readonly counts = new LRUCache<string, number>({ max: REMEMBERED, ttl: FORGOTTEN_MS });

  /** Counts one more; answers how many in a row when that is enough to lock, and begins anew. */
  add(login: string): number | undefined {
    const count = (this.counts.get(login) ?? 0) + 1;
    if (count < FAILURES_TO_LOCK) {
      this.counts.set(login, count);
      return undefined;
    }
    this.counts.delete(login);
    return count;
  }

  succeeded(login: string): void {
    this.counts.delete(login);
  }
}
