import Database from 'better-sqlite3';
import { Bell } from '../subscription/index.js';

const POLL_MS = 25;

/**
 * Tells when the files may have changed: at once for what this process does (`ring`), within 25 ms for
 * the others. SQLite's `data_version` costs no reading; with nobody waiting there is no polling at all.
 */
export class ChangeWatch {
  private readonly bell = new Bell();
  private readonly files: { readonly version: Database.Statement<[], number>; last: number | undefined }[] = [];
  private poll: NodeJS.Timeout | undefined;
  private waiting = 0;

  add(db: Database.Database): void {
    this.files.push({ version: db.prepare<[], number>('PRAGMA data_version').pluck(), last: undefined });
  }

  ring(): void {
    this.bell.ring();
  }

  /** Until the file may have changed since this tick's reads, the signal aborts, or the time is over. */
  async changed(signal: AbortSignal, timeoutMs?: number): Promise<void> {
    if (this.waiting++ === 0) this.poll = setInterval(() => this.look(), POLL_MS);
    try {
      await this.bell.wait(signal, timeoutMs);
    } finally {
      if (--this.waiting === 0) clearInterval(this.poll);
    }
  }

  /** Only here is a version taken note of, and then everybody is told: no change slips between a read and a wait. */
  private look(): void {
    let changed = false;
    for (const file of this.files) {
      const version = current(file.version);
      changed ||= version === undefined || version !== file.last;
      file.last = version;
    }
    if (changed) this.ring();
  }
}

/** Nothing when it can't be read: those who wait then look for themselves, and meet the error where it is handled. */
function current(version: Database.Statement<[], number>): number | undefined {
  try {
    return version.get();
  } catch {
    return undefined;
  }
}
