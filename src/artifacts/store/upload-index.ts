import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { UserId } from '../../core/index.js';
import type { Part, Upload } from './partial-uploads.js';

export interface KnownPart extends Part {
  readonly size: number;
}

/** What others hold while a part comes in: the other parts of its upload, and all that its account has waiting. */
export interface Held {
  readonly byUpload: number;
  readonly byAccount: number;
}

const FILE = 'index.db';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, actor TEXT NOT NULL, upload TEXT NOT NULL, open INTEGER NOT NULL,
    bytes INTEGER NOT NULL, began_at INTEGER NOT NULL, touched_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS uploads_open ON uploads (actor, open, began_at);
  CREATE INDEX IF NOT EXISTS uploads_touched ON uploads (touched_at);
  CREATE TABLE IF NOT EXISTS parts (
    upload_id TEXT NOT NULL, number INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (upload_id, number)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Which uploads in parts there are, and what they hold: in one file that all processes on the folder share,
 * so that a bound is a bound for all of them, and a part costs the same however many are there. A part is
 * listed once its file is there, and a file that nothing lists is of no use to anybody.
 */
export class UploadIndex {
  private opened: Database.Database | undefined;

  constructor(private readonly folder: string) {}

  /** False when the account has as many open as it may. */
  add(upload: Upload, now: number, maxOpen: number): boolean {
    return this.atOnce(() => {
      if (this.openOf(upload.actor) >= maxOpen) return false;
      this.db
        .prepare('INSERT INTO uploads VALUES (?, ?, ?, 1, 0, ?, ?)')
        .run(upload.id, upload.actor, JSON.stringify(upload), now, now);
      return true;
    });
  }

  find(id: string): Upload | undefined {
    const row = this.db.prepare<[string], { upload: string }>('SELECT upload FROM uploads WHERE id = ?').get(id);
    return row && (JSON.parse(row.upload) as Upload);
  }

  /** Of those that an account has open, the one that it began first. */
  oldestOf(actor: UserId): Upload | undefined {
    const sql = 'SELECT upload FROM uploads WHERE actor = ? AND open = 1 ORDER BY began_at LIMIT 1';
    const row = this.db.prepare<[string], { upload: string }>(sql).get(actor);
    return row && (JSON.parse(row.upload) as Upload);
  }

  held({ id, actor }: Upload, number: number): Held {
    const [own, all] = ['id', 'actor'].map((by) =>
      this.db
        .prepare<[string], { bytes: number }>(
          `SELECT coalesce(sum(bytes), 0) AS bytes FROM uploads WHERE ${by} = ? AND open = 1`,
        )
        .get(by === 'id' ? id : actor),
    );
    const replaced = this.part(id, number)?.size ?? 0;
    return { byUpload: own!.bytes - replaced, byAccount: all!.bytes - replaced };
  }

  touch(id: string, now: number): void {
    this.db.prepare('UPDATE uploads SET touched_at = ? WHERE id = ?').run(now, id);
  }

  /** Answers the part that had this number before; `gone` when the upload is not open any more. */
  putPart(id: string, { number, sha256, size }: KnownPart, now: number): KnownPart | undefined | 'gone' {
    return this.atOnce(() => {
      const before = this.part(id, number);
      const grown = this.db
        .prepare('UPDATE uploads SET bytes = bytes + ?, touched_at = ? WHERE id = ? AND open = 1')
        .run(size - (before?.size ?? 0), now, id);
      if (grown.changes === 0) return 'gone';
      this.db.prepare('INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)').run(id, number, sha256, size);
      return before;
    });
  }

  parts(id: string): readonly KnownPart[] {
    const sql = 'SELECT number, sha256, size FROM parts WHERE upload_id = ? ORDER BY number';
    return this.db.prepare<[string], KnownPart>(sql).all(id);
  }

  complete(upload: Upload, now: number): void {
    this.atOnce(() => {
      this.db.prepare('DELETE FROM parts WHERE upload_id = ?').run(upload.id);
      this.db
        .prepare('UPDATE uploads SET upload = ?, open = 0, bytes = 0, touched_at = ? WHERE id = ?')
        .run(JSON.stringify(upload), now, upload.id);
    });
  }

  remove(id: string): void {
    this.atOnce(() => {
      this.db.prepare('DELETE FROM parts WHERE upload_id = ?').run(id);
      this.db.prepare('DELETE FROM uploads WHERE id = ?').run(id);
    });
  }

  untouchedSince(time: number): readonly string[] {
    const sql = 'SELECT id FROM uploads WHERE touched_at < ?';
    return this.db
      .prepare<[number], { id: string }>(sql)
      .all(time)
      .map(({ id }) => id);
  }

  close(): void {
    this.opened?.close();
    this.opened = undefined;
  }

  private openOf(actor: UserId): number {
    const sql = 'SELECT count(*) AS open FROM uploads WHERE actor = ? AND open = 1';
    return this.db.prepare<[string], { open: number }>(sql).get(actor)!.open;
  }

  private part(id: string, number: number): KnownPart | undefined {
    const sql = 'SELECT number, sha256, size FROM parts WHERE upload_id = ? AND number = ?';
    return this.db.prepare<[string, number], KnownPart>(sql).get(id, number);
  }

  /** Nobody else's change in between, also from another process. */
  private atOnce<T>(work: () => T): T {
    return this.db.transaction(work).immediate();
  }

  private get db(): Database.Database {
    if (this.opened) return this.opened;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const db = new Database(join(this.folder, FILE), { timeout: 5000 });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.exec(SCHEMA);
    return (this.opened = db);
  }
}
