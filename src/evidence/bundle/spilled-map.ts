import Database from 'better-sqlite3';

/** About 20 MB of short texts. */
const IN_MEMORY = 100_000;

/**
 * A map of texts that may become larger than memory: beyond a number of keys it goes on in a temporary database
 * of SQLite (the empty name), which keeps a few pages in memory, and which the system removes with the process.
 */
export class SpilledMap {
  private memory: Map<string, string> | undefined = new Map();
  private disk: Disk | undefined;

  constructor(private readonly inMemory = IN_MEMORY) {}

  get(key: string): string | undefined {
    return this.memory ? this.memory.get(key) : this.disk!.read.get(key);
  }

  set(key: string, value: string): void {
    if (!this.memory) {
      this.disk!.write.run(key, value);
      return;
    }
    this.memory.set(key, value);
    if (this.memory.size > this.inMemory) this.spill(this.memory);
  }

  close(): void {
    this.disk?.db.close();
  }

  private spill(memory: ReadonlyMap<string, string>): void {
    this.disk = openDisk();
    for (const [key, value] of memory) this.disk.write.run(key, value);
    this.memory = undefined;
  }
}

type Disk = ReturnType<typeof openDisk>;

function openDisk() {
  const db = new Database('');
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -32768');
  db.exec('CREATE TABLE seen (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID');
  db.exec('BEGIN');
  return {
    db,
    read: db.prepare<[string], string>('SELECT value FROM seen WHERE key = ?').pluck(),
    write: db.prepare<[string, string]>('INSERT OR REPLACE INTO seen (key, value) VALUES (?, ?)'),
  };
}
