import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START } from '../../core/index.js';
import { readAllAfter, someEvents } from '../contract/harness.js';
import { Ledger, LedgerCorrupted } from '../port/index.js';
import { SqliteLab } from './testing/sqlite-lab.js';

const EVENTS = 4000;
const PAGE = 4096;

/** Damage further back than what is looked at when the log is opened. */
describe('a log that is damaged in its middle', () => {
  let lab: SqliteLab;
  let file: string;
  beforeEach(async () => {
    lab = new SqliteLab();
    const ledger = await lab.open();
    for (let index = 0; index < EVENTS / 100; index++) await ledger.append(`thing-${index}`, someEvents(100), 'none');
    await lab.closeAll();
    file = lab.folder.path('damaged.db');
    copyFileSync(lab.file, file);
  });
  afterEach(() => lab.dispose());

  async function expectUnreadable(read: Promise<unknown>, position: number): Promise<void> {
    const error = (await read.then(
      () => new Error('it was read'),
      (reason: unknown) => reason,
    )) as Error;
    expect(error).toBeInstanceOf(LedgerCorrupted);
    expect(error.message).toContain(`the log ${file} can't be trusted: event at position ${position} is not readable.`);
  }

  async function follow(ledger: Ledger): Promise<void> {
    for await (const message of ledger.subscribe()) if (message.kind === 'caught-up') return;
  }

  it.each([
    ['data', 'substr(data, 1, length(data) - 1)'],
    ['context', "'#' || substr(context, 2)"],
    ['data', "'null'"],
    ['context', "'7'"],
  ])('tells which event has %s that is no JSON object: %s', async (column, broken) => {
    withoutTriggers(file, (db) => db.exec(`UPDATE events SET ${column} = ${broken} WHERE position = 1234`));
    const ledger = await lab.open({ file });
    await expectUnreadable(readAllAfter(ledger, START), 1234);
    await expectUnreadable(ledger.readAll({ direction: 'backwards', limit: EVENTS }), 1234);
    await expectUnreadable(ledger.read('thing-12'), 1234);
    await expectUnreadable(ledger.read('thing-12', { direction: 'backwards' }), 1234);
    await expectUnreadable(follow(ledger), 1234);
    expect(await ledger.read('thing-11')).toHaveLength(100);
    expect(await ledger.read('thing-13')).toHaveLength(100);
  });

  it('does not quote the event, which may be confidential', async () => {
    withoutTriggers(file, (db) => db.exec(`UPDATE events SET data = 'confidential' WHERE position = 2`));
    const error = await (await lab.open({ file })).readAll().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LedgerCorrupted);
    expect(JSON.stringify([String(error), String((error as Error).cause)])).not.toContain('confidential');
  });

  it.each([0x00, 0xa5, 0xff])('tells the first event of a page that was overwritten with %i', async (filling) => {
    const { page, first, last } = zap(filling);
    expect(page).toBeGreaterThan(3);
    const ledger = await lab.open({ file });
    await expectUnreadable(readAllAfter(ledger, START), first);
    await expectUnreadable(ledger.readAll({ direction: 'backwards', limit: EVENTS }), last);
    await expectUnreadable(follow(ledger), first);
    const stream = `thing-${Math.floor((first - 1) / 100)}`;
    await expectUnreadable(ledger.read(stream), first);
    expect(await ledger.read('thing-0')).toHaveLength(100);
  });

  /** Overwrites the page of the table that holds event 1234; its events by SQLite's own account. */
  function zap(filling: number): { page: number; first: number; last: number } {
    const bytes = readFileSync(file);
    const id = lab.prompt((db) => db.prepare('SELECT id FROM events WHERE position = 1234').pluck().get(), file);
    const pages = Array.from({ length: bytes.length / PAGE }, (_, index) => index);
    const page = pages.find(
      (index) => bytes[index * PAGE] === LEAF_OF_A_TABLE && contents(bytes, index).includes(String(id)),
    )!;
    const positions = lab.prompt((db) => db.prepare('SELECT position, id FROM events').raw().all(), file) as [
      number,
      string,
    ][];
    const inside = positions.filter(([, each]) => contents(bytes, page).includes(each)).map(([position]) => position);
    bytes.fill(filling, page * PAGE, (page + 1) * PAGE);
    writeFileSync(file, bytes);
    return { page, first: inside[0]!, last: inside.at(-1)! };
  }
});

/** First byte of such a page in SQLite's file format. */
const LEAF_OF_A_TABLE = 0x0d;

const contents = (bytes: Buffer, page: number): Buffer => bytes.subarray(page * PAGE, (page + 1) * PAGE);

/** As somebody could who does not want to be seen: the triggers are put back afterwards. */
function withoutTriggers(file: string, work: (db: Database.Database) => void): void {
  const db = new Database(file);
  const triggers = db.prepare<[], [name: string, sql: string]>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
  );
  const all = triggers.raw().all();
  for (const [name] of all) db.exec(`DROP TRIGGER ${name}`);
  work(db);
  for (const [, sql] of all) db.exec(sql);
  db.close();
}
