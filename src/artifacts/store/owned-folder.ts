import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What has no owner to ask for, and nobody has written to for this long, belongs to nobody. */
export const ABANDONED_MS = 24 * 60 * 60 * 1000;

const LOCK = '.lock';

/**
 * A folder in a shared one, ours while this process lives. The lock beside it is SQLite's own on an empty
 * file, so the operating system gives it back when a process dies, however it dies, also in another
 * container on the same disk. The lock is there before the folder and gone after it, so a folder whose lock
 * can be had is the leftover of a dead process, and nothing else is.
 */
export class OwnedFolder {
  private constructor(
    readonly path: string,
    private readonly lock: Database.Database,
  ) {}

  static take(root: string): OwnedFolder {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    for (;;) {
      const path = join(root, randomUUID());
      const lock = locked(path + LOCK);
      // Somebody who cleans up may have come between the file and its lock, and taken it for a dead one.
      if (lock && existsSync(path + LOCK)) {
        mkdirSync(path, { mode: 0o700 });
        return new OwnedFolder(path, lock);
      }
      lock?.close();
    }
  }

  /** Gives it up, with all that is in it. */
  release(): void {
    rmSync(this.path, { recursive: true, force: true });
    rmSync(this.path + LOCK, { force: true });
    this.lock.close();
  }
}

/** Removes what dead processes left in a shared folder; several may be doing it at the same time. */
export async function removeDead(root: string, now = Date.now()): Promise<void> {
  const names = new Set(await readdir(root).catch(() => []));
  for (const name of names) {
    const entry = join(root, name);
    if (name.endsWith(LOCK)) await removeIfDead(entry.slice(0, -LOCK.length));
    else if (!names.has(name + LOCK)) await removeIfAbandoned(entry, now);
  }
}

async function removeIfDead(folder: string): Promise<void> {
  const lock = locked(folder + LOCK);
  if (!lock) return;
  try {
    await rm(folder, { recursive: true, force: true });
    await rm(folder + LOCK, { force: true });
  } finally {
    lock.close();
  }
}

async function removeIfAbandoned(entry: string, now: number): Promise<void> {
  const info = await stat(entry).catch(() => undefined);
  if (info && info.mtimeMs < now - ABANDONED_MS) await rm(entry, { force: true, recursive: true });
}

function locked(file: string): Database.Database | undefined {
  const db = new Database(file, { timeout: 0 });
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
}
