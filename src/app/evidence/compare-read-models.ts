import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { EventCatalogue, RecordedEvent } from '../../core/index.js';
import { Keystore } from '../../identity/index.js';
import type { Ledger } from '../../ledger/index.js';
import { LogFile } from '../../ledger/sqlite/index.js';
import { Projector, ReadModelFile } from '../../projection/index.js';
import { EVENTS, PROJECTIONS } from '../catalogue.js';
import { Settings } from '../config/settings.js';
import { layout } from '../layout.js';

export interface Compared {
  readonly differences: readonly string[];
  /** Why they could not be compared. */
  readonly notes: readonly string[];
}

const notCompared = (why: string): Compared => ({
  differences: [],
  notes: [`the read models were not compared with the log: ${why}`],
});

/**
 * Builds the read models anew in a folder of its own, up to where those that are there have come, and compares them
 * row by row. Whoever edits what people see instead of the log is found so.
 */
export async function compareReadModels(settings: Settings, log: LogFile): Promise<Compared> {
  const { readModels, keys } = layout(settings);
  if (!existsSync(readModels)) return notCompared('there are none');
  if (!existsSync(join(keys, 'keystore.db'))) return notCompared('the keys that open the names in them are not there');
  const folder = mkdtempSync(join(tmpdir(), 'custody-verify-'));
  const there = new Database(readModels, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const unusable = ReadModelFile.unusable(readModels, PROJECTIONS, log.firstId());
    if (unusable?.endsWith('another version of Custody')) return notCompared(unusable);
    if (unusable !== undefined) return { differences: [unusable], notes: [] };
    const built = join(folder, 'built.db');
    // Before the transaction, which holds what is there as it is now.
    ReadModelFile.create(built, PROJECTIONS).close();
    there.prepare('ATTACH DATABASE ? AS built').run(built);
    there.exec('BEGIN');
    const upTo = Number(
      there.prepare<[], string>("SELECT value FROM main.custody_meta WHERE key = 'checkpoint'").pluck().get() ?? 0,
    );
    await build(settings, log, built, upTo);
    return { differences: differences(there), notes: [] };
  } catch (error) {
    return notCompared((error as Error).message);
  } finally {
    there.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build(settings: Settings, log: LogFile, file: string, upTo: number): Promise<void> {
  const keystore = Keystore.open(layout(settings).keys, settings.masterKey);
  const target = ReadModelFile.open(file);
  try {
    const options = {
      ledger: upTo > 0 ? pagesAsLedger(log, upTo) : nothing,
      catalogue: new EventCatalogue(...EVENTS),
      projections: PROJECTIONS,
      context: { unseal: (sealed: Parameters<Keystore['unseal']>[0]) => keystore.unseal(sealed) },
    };
    await new Projector(options, target).catchUp();
  } finally {
    target.close();
    keystore.close();
  }
}

/** All that catching up asks of a ledger. */
const nothing = { readAll: async () => [] } as unknown as Ledger;

function pagesAsLedger(log: LogFile, upTo: number): Ledger {
  const pages = log.pages(upTo);
  const readAll = async (): Promise<readonly RecordedEvent[]> => {
    const next = pages.next();
    if (next.done === true) return [];
    return next.value.map(({ event, position, problem }) => {
      if (!event) throw new Error(`event ${position} of the log can't be read (${problem ?? 'unknown'})`);
      return event;
    });
  };
  return { readAll } as unknown as Ledger;
}

function differences(db: Database.Database): readonly string[] {
  const tables = (schema: string) =>
    db
      .prepare<[], string>(
        `SELECT name FROM ${schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
      )
      .pluck()
      .all();
  const [theirs, ours] = [tables('main'), tables('built')];
  const strangers = theirs.filter((table) => !ours.includes(table));
  return [
    ...strangers.map((table) => `the read models have a table that none should have: ${table}`),
    ...ours.flatMap((table) =>
      theirs.includes(table) ? tableDifference(db, table) : [`the read models lack ${table}`],
    ),
  ];
}

/** Rows may hold names of people, so only the first column of one is told: its key. */
function tableDifference(db: Database.Database, table: string): readonly string[] {
  if (table === 'custody_meta') return [];
  const rows = (a: string, b: string) =>
    db.prepare<[], unknown[]>(`SELECT * FROM ${a}."${table}" EXCEPT SELECT * FROM ${b}."${table}"`).raw();
  const count = (schema: string) => db.prepare<[], number>(`SELECT count(*) FROM ${schema}."${table}"`).pluck().get()!;
  const [more] = [...limited(rows('main', 'built'))];
  const [less] = [...limited(rows('built', 'main'))];
  const told = (row: unknown[]) => JSON.stringify(row[0]);
  if (more)
    return [
      `the read models do not say what the log says: ${table} has a row that the log does not give (${told(more)})`,
    ];
  if (less)
    return [`the read models do not say what the log says: ${table} lacks a row that the log gives (${told(less)})`];
  return count('main') === count('built')
    ? []
    : [`the read models do not say what the log says: ${table} has a row twice`];
}

function* limited(statement: Database.Statement<[], unknown[]>): Generator<unknown[]> {
  for (const row of statement.iterate()) {
    yield row;
    return;
  }
}
