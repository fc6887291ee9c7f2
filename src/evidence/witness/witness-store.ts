import Database from 'better-sqlite3';
import { Checkpoint } from '../checkpoint.js';
import { AddCheckpoint } from './add-checkpoint.js';
import { judge, Signed, Verdict } from './judge.js';
import { WitnessingError } from './words.js';

/** The last that was cosigned of one log. */
export interface SeenLog {
  readonly origin: string;
  readonly size: number;
  /** In hex. */
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly cosigned: number;
  /** Signed checkpoints that contradict what was cosigned. */
  readonly disputes: number;
}

/** A checkpoint that its log signed and that was refused: evidence, kept as it came. */
export interface Dispute {
  readonly origin: string;
  readonly size: number;
  readonly note: string;
  readonly words: string;
  readonly at: number;
}

const APPLICATION_ID = 0x43757774; // "Cuwt"
/** Only the log's own key can make one, so somebody who floods us shows himself; what is kept stays bounded all the same. */
const MAX_DISPUTES = 1000;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS logs (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL CHECK (size >= 0), root BLOB NOT NULL CHECK (length(root) = 32),
  note TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, cosigned INTEGER NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS logs_never_shrink BEFORE UPDATE ON logs WHEN NEW.size < OLD.size
BEGIN SELECT RAISE(ABORT, 'a witness never goes back to a smaller log'); END;
CREATE TRIGGER IF NOT EXISTS logs_stay BEFORE DELETE ON logs
BEGIN SELECT RAISE(ABORT, 'a witness never forgets a log'); END;
CREATE TABLE IF NOT EXISTS disputes (
  origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, words TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (origin, size, root)
) STRICT;`;

/** What this witness has cosigned. Losing it would let a log show another history, so every change is on disk before it counts. */
export class WitnessStore {
  private constructor(private readonly db: Database.Database) {}

  static open(file: string, { readonly = false } = {}): WitnessStore {
    const db = new Database(file, { readonly, fileMustExist: readonly, timeout: 5000 });
    const id = db.pragma('application_id', { simple: true });
    const empty = db.pragma('schema_version', { simple: true }) === 0;
    if (id !== APPLICATION_ID && !(empty && !readonly)) {
      db.close();
      throw new WitnessingError(`${file} is not the file of a witness`);
    }
    if (!readonly) {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.exec(SCHEMA);
      db.pragma(`application_id = ${APPLICATION_ID}`);
    }
    return new WitnessStore(db);
  }

  /** Judges and stores as one step, also among several processes: the write lock is taken before anything is read. */
  take(signed: Signed, submitted: AddCheckpoint, nowMs: number): Verdict {
    return this.db
      .transaction(() => {
        const verdict = judge(signed, submitted, this.last(signed.checkpoint.origin));
        if (verdict.kind === 'cosign') this.cosigned(signed.checkpoint, submitted.note, nowMs);
        else this.dispute(signed.checkpoint, submitted.note, verdict, nowMs);
        return verdict;
      })
      .immediate();
  }

  last(origin: string): Checkpoint | undefined {
    const row = this.db
      .prepare<[string], { size: number; root: Buffer }>('SELECT size, root FROM logs WHERE origin = ?')
      .get(origin);
    return row && { origin, ...row };
  }

  logs(): readonly SeenLog[] {
    return this.db
      .prepare<[], SeenLog>(
        `SELECT origin, size, lower(hex(root)) AS root, first_at AS firstAt, last_at AS lastAt, cosigned,
          (SELECT count(*) FROM disputes WHERE disputes.origin = logs.origin) AS disputes FROM logs ORDER BY origin`,
      )
      .all();
  }

  disputes(): readonly Dispute[] {
    return this.db
      .prepare<[], Dispute>('SELECT origin, size, note, words, at FROM disputes ORDER BY at, origin, size')
      .all();
  }

  close(): void {
    this.db.close();
  }

  private cosigned({ origin, size, root }: Checkpoint, note: string, now: number): void {
    this.db
      .prepare(
        `INSERT INTO logs VALUES (@origin, @size, @root, @note, @now, @now, 1)
         ON CONFLICT (origin) DO UPDATE SET size = @size, root = @root, note = @note, last_at = @now, cosigned = cosigned + 1`,
      )
      .run({ origin, size, root, note, now });
  }

  private dispute({ origin, size, root }: Checkpoint, note: string, verdict: Verdict, now: number): void {
    const words = wordsOf(verdict);
    if (words === undefined) return;
    const kept = this.db
      .prepare<[string], number>('SELECT count(*) FROM disputes WHERE origin = ?')
      .pluck()
      .get(origin)!;
    if (kept >= MAX_DISPUTES) return;
    this.db
      .prepare('INSERT OR IGNORE INTO disputes VALUES (?, ?, ?, ?, ?, ?)')
      .run(origin, size, root, note, words, now);
  }
}

const wordsOf = (verdict: Verdict): string | undefined =>
  verdict.kind === 'refuse' ? verdict.refused.words : verdict.kind === 'other-size' ? verdict.split : undefined;
