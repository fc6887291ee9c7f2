import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Position, START } from '../../core/index.js';
import { CompactTree, HASH_BYTES, rootOf } from '../merkle/index.js';
import { hashInTiles, TILE_HEIGHT, TILE_WIDTH } from '../tiles/index.js';

/** The file of the tree is not what it was. Nothing is lost by that: it is made again from the log. */
export class TreeDamaged extends Error {
  override readonly name = 'TreeDamaged';
}

/** How far the tree goes. */
export interface TreeState {
  readonly tree: CompactTree;
  /** Of the last event in it. */
  readonly position: Position;
}

export interface NewLeaf {
  readonly leaf: Buffer;
  readonly position: Position;
}

const FORMAT = 1;
const SCHEMA = `
  CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), first_event TEXT NOT NULL, size INTEGER NOT NULL,
    position INTEGER NOT NULL, edge BLOB NOT NULL) STRICT;
  -- key: number * 64 + level. A tile grows until it is full, and never changes otherwise.
  CREATE TABLE tile (key INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
  -- Where the ledger has the entries of a bundle: after this position.
  CREATE TABLE bundle (number INTEGER PRIMARY KEY, after INTEGER NOT NULL) STRICT;
  CREATE INDEX bundle_after ON bundle (after);
  PRAGMA user_version = ${FORMAT};`;
const LEVELS = 64;

/**
 * The hashes of the log as C2SP tiles in one SQLite file: a derived thing, like the read models. Each batch
 * is one transaction with the state behind it, so a crash leaves a tree that is a little shorter. One
 * follower writes; others read the same file.
 */
export class TreeFile {
  private readonly read: Database.Statement<[number], Buffer>;
  private readonly write: Database.Statement;

  private constructor(private readonly db: Database.Database) {
    this.read = db.prepare<[number], Buffer>('SELECT hashes FROM tile WHERE key = ?').pluck();
    this.write = db.prepare('INSERT INTO tile VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET hashes = excluded.hashes');
  }

  /** @throws TreeDamaged when there is none, or it can't be used */
  static open(file: string): TreeFile {
    return guarded(() => {
      const db = new Database(file, { timeout: 5000, fileMustExist: true });
      try {
        if (db.pragma('user_version', { simple: true }) !== FORMAT) throw new TreeDamaged(`${file} has another format`);
        db.pragma('synchronous = NORMAL');
        return new TreeFile(db);
      } catch (error) {
        db.close();
        throw error;
      }
    });
  }

  /** A new, empty one in place of whatever is there. */
  static create(file: string, firstEvent: string): TreeFile {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // What is replaced may show what was changed: the first of them is kept.
    const kept = `${file}.replaced`;
    for (const end of ['-wal', '-shm', '']) {
      if (existsSync(file + end) && !existsSync(kept + end)) renameSync(file + end, kept + end);
      rmSync(file + end, { force: true });
    }
    closeSync(openSync(file, 'a', 0o600));
    const db = new Database(file, { timeout: 5000 });
    try {
      db.pragma('journal_mode = WAL');
      db.transaction(() => {
        db.exec(SCHEMA);
        db.prepare('INSERT INTO state VALUES (1, ?, 0, 0, ?)').run(firstEvent, Buffer.alloc(0));
      })();
    } finally {
      db.close();
    }
    return TreeFile.open(file);
  }

  /** Id of the log's first event: whose tree this is. */
  get firstEvent(): string {
    return guarded(() => this.db.prepare<[], string>('SELECT first_event FROM state').pluck().get()!);
  }

  get size(): number {
    return guarded(() => this.db.prepare<[], number>('SELECT size FROM state').pluck().get() ?? 0);
  }

  get position(): Position {
    return guarded(() => this.db.prepare<[], Position>('SELECT position FROM state').pluck().get() ?? START);
  }

  /** To go on from. The stored right edge must be what the tiles say. @throws TreeDamaged */
  state(): TreeState {
    return guarded(() => {
      const row = this.db
        .prepare<[], { size: number; position: Position; edge: Buffer }>('SELECT size, position, edge FROM state')
        .get();
      if (!row) throw new TreeDamaged('the tree has no state');
      const edge = Array.from({ length: row.edge.length / HASH_BYTES }, (_, index) =>
        row.edge.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
      );
      const tree = CompactTree.of(row.size, edge);
      if (!tree.root().equals(this.rootAt(row.size))) throw new TreeDamaged('the tiles contradict the tree’s edge');
      return { tree, position: row.position };
    });
  }

  /** Puts leaves at the end of what `state` told, which goes on with them. */
  append({ tree, position }: TreeState, leaves: readonly NewLeaf[]): TreeState {
    return guarded(() =>
      this.db
        .transaction(() => {
          if (this.size !== tree.size) throw new TreeDamaged('somebody else has written to the tree');
          return this.grow(tree, position, leaves);
        })
        .immediate(),
    );
  }

  /** A tile's bytes as far as they are there. @throws TreeDamaged */
  tile(level: number, number: number): Buffer {
    const bytes = guarded(() => this.read.get(number * LEVELS + level));
    if (!bytes) throw new TreeDamaged(`tile ${level}/${number} is missing`);
    return bytes;
  }

  hash(level: number, index: number): Buffer {
    return guarded(() => hashInTiles(level, index, (tileLevel, number) => this.tile(tileLevel, number)));
  }

  /** Root of the first `size` leaves. */
  rootAt(size: number): Buffer {
    return rootOf(size, (level, index) => this.hash(level, index));
  }

  /** The position after which the ledger has the entries of a bundle. */
  startOf(bundle: number): Position {
    return guarded(() => {
      const after = this.db
        .prepare<[number], Position>('SELECT after FROM bundle WHERE number = ?')
        .pluck()
        .get(bundle);
      if (after === undefined) throw new TreeDamaged(`bundle ${bundle} is missing`);
      return after;
    });
  }

  /** Which bundle the event at a position is in. */
  bundleOf(position: Position): { readonly number: number; readonly after: Position } | undefined {
    const sql = 'SELECT number, after FROM bundle WHERE after < ? ORDER BY after DESC LIMIT 1';
    return guarded(() => this.db.prepare<[number], { number: number; after: Position }>(sql).get(position));
  }

  close(): void {
    this.db.close();
  }

  private grow(tree: CompactTree, before: Position, leaves: readonly NewLeaf[]): TreeState {
    const grown = new Map<number, Buffer[]>();
    const put = (level: number, index: number, hash: Buffer) => {
      const key = Math.floor(index / TILE_WIDTH) * LEVELS + level;
      const hashes = grown.get(key);
      if (hashes) hashes.push(hash);
      else grown.set(key, [...(index % TILE_WIDTH === 0 ? [] : [this.read.get(key)!]), hash]);
    };
    let position = before;
    const bundle = this.db.prepare('INSERT INTO bundle VALUES (?, ?)');
    for (const each of leaves) {
      if (tree.size % TILE_WIDTH === 0) bundle.run(tree.size / TILE_WIDTH, position);
      put(0, tree.size, each.leaf);
      tree.append(each.leaf, (level, index, hash) => {
        if (level % TILE_HEIGHT === 0) put(level / TILE_HEIGHT, index, hash);
      });
      position = each.position;
    }
    for (const [key, hashes] of grown) this.write.run(key, Buffer.concat(hashes));
    const edge = Buffer.concat(tree.hashes());
    this.db.prepare('UPDATE state SET size = ?, position = ?, edge = ?').run(tree.size, position, edge);
    return { tree, position };
  }
}

/** SQLite's word for a file that makes no sense, and a hash of the wrong length, are one thing here. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    const damage = /^SQLITE_(CORRUPT|NOTADB|CANTOPEN|FORMAT|CONSTRAINT|ERROR)/.test(code);
    if (!damage && !(error instanceof RangeError)) throw error;
    throw new TreeDamaged(`the tree can't be read (${message})`, { cause: error });
  }
}
