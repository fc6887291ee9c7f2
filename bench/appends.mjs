import Database from 'better-sqlite3';
import { join } from 'node:path';
import { systemClock, uuidv7 } from '../dist/core/index.js';
import { openSqliteLedger } from '../dist/ledger/sqlite/index.js';
import { ratio } from './report.mjs';
import { withFolder } from './temp.mjs';

const ROUNDS = 5;
const DATA = {
  runId: 'a'.repeat(32),
  experimentId: '1',
  metrics: [{ key: 'loss', value: 0.123456, timestamp: 1767603600000, step: 1 }],
};
const CONTEXT = {
  actor: { id: 'u-00000000-0000-7000-8000-000000000000', kind: 'person', roles: ['analyst'], via: 'token' },
  origin: {
    requestId: uuidv7(),
    client: { subject: 'u-00000000-0000-7000-8000-000000000000', box: `v1.${'x'.repeat(120)}` },
  },
  correlationId: uuidv7(),
};
const event = () => ({ id: uuidv7(), type: 'MetricsLogged', schema: 1, data: DATA, ...CONTEXT });

/** Durable appends a second through the ledger, against rows of the same size put straight into SQLite on the same disk. */
export function appends(scale) {
  return withFolder(async (folder) => {
    const ledger = await openSqliteLedger({ file: join(folder, 'log.db'), clock: systemClock });
    const bare = bareSqlite(join(folder, 'bare.db'));
    const [one, bareOne, many, bareMany] = [[], [], [], []];
    await writers(ledger, 32, 2000);
    for (let round = 0; round < ROUNDS; round++) {
      one.push(await writers(ledger, 1, Math.ceil(4000 * scale)));
      bareOne.push(bare(1, Math.ceil(4000 * scale)));
      many.push(await writers(ledger, 32, Math.ceil(100_000 * scale)));
      bareMany.push(bare(32, Math.ceil(100_000 * scale)));
    }
    await ledger.close();
    return [
      ratio('append, 1 writer', 'events/s', one, bareOne, 'bare SQLite, 1 row a transaction'),
      ratio('append, 32 writers', 'events/s', many, bareMany, 'bare SQLite, 32 rows a transaction'),
    ];
  });
}

async function writers(ledger, count, total) {
  const started = performance.now();
  let left = total;
  const write = async (writer) => {
    while (left-- > 0) await ledger.append(`metrics-${writer}`, [event()], 'any');
  };
  await Promise.all(Array.from({ length: count }, (_, writer) => write(writer)));
  return total / ((performance.now() - started) / 1000);
}

/** The least that a durable log can do: the same row and its two unique indexes, WAL, synchronous=FULL. */
function bareSqlite(file) {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 4000');
  db.exec(
    'CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, type TEXT, schema INTEGER, recorded_at INTEGER, context TEXT, data TEXT, UNIQUE (stream, revision)) STRICT',
  );
  const insert = db.prepare(
    'INSERT INTO events (stream, revision, id, type, schema, recorded_at, context, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const revisions = Array.from({ length: 32 }, () => 0);
  const transaction = db.transaction((rows) => {
    for (let row = 0; row < rows; row++) {
      const { id, type, schema, data } = event();
      insert.run(
        `metrics-${row}`,
        revisions[row]++,
        id,
        type,
        schema,
        Date.now() * 1000,
        JSON.stringify(CONTEXT),
        JSON.stringify(data),
      );
    }
  });
  return (rows, total) => {
    const started = performance.now();
    for (let done = 0; done < total; done += rows) transaction(rows);
    return total / ((performance.now() - started) / 1000);
  };
}
