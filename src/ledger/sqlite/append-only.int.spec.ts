import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, readAllAfter, someEvents } from '../contract/harness.js';
import { START } from '../../core/index.js';
import { Ledger } from '../port/index.js';
import { SqliteLab } from './testing/sqlite-lab.js';

/** Rows of a log with two events in stream `a`, at positions 1 and 2. */
const row = (over: { position?: string; stream?: string; revision?: number; id?: string; at?: number }) => {
  const { position = '3', stream = 'a', revision = 2, id = 'new', at = 9_000_000_000_000_000 } = over;
  return `INTO events VALUES (${position}, '${stream}', ${revision}, '${id}', 'Forged', 1, ${at}, '{}', '{}')`;
};

describe('the file of the log, to somebody at a SQLite prompt,', () => {
  let lab: SqliteLab;
  let ledger: Ledger;
  const events = someEvents(2);
  beforeEach(async () => {
    lab = new SqliteLab();
    ledger = await lab.open();
    await ledger.append('a', events, 'none');
  });
  afterEach(() => lab.dispose());

  it.each([
    ['an UPDATE', "UPDATE events SET data = '{}'"],
    ['an UPDATE OR REPLACE', 'UPDATE OR REPLACE events SET position = 2 WHERE position = 1'],
    ['a DELETE', 'DELETE FROM events'],
    ['a DELETE of the last event', 'DELETE FROM events WHERE position = 2'],
    ['an INSERT OR REPLACE of a position', `INSERT OR REPLACE ${row({ position: '2' })}`],
    ['a REPLACE of a revision', `REPLACE ${row({ revision: 1 })}`],
    ['an INSERT OR REPLACE of an id', `INSERT OR REPLACE ${row({ id: events[0]!.id })}`],
    ['an upsert', `INSERT ${row({ id: events[0]!.id })} ON CONFLICT DO UPDATE SET data = '{}'`],
    ['a gap in the positions', `INSERT ${row({ position: '4' })}`],
    ['a position before the first', `INSERT ${row({ position: '0' })}`],
    ['a position that SQLite chooses', `INSERT ${row({ position: 'NULL' })}`],
    ['a gap in the revisions', `INSERT ${row({ revision: 3 })}`],
    ['a stream that does not start at revision 0', `INSERT ${row({ stream: 'b', revision: 1 })}`],
    ['an event before its predecessor in time', `INSERT ${row({ at: 1 })}`],
    ['a value of another type', `INSERT ${row({}).replace("'{}', '{}'", "x'00', '{}'")}`],
  ])('refuses %s', async (_what, sql) => {
    lab.prompt((db) => expect(() => db.exec(sql)).toThrow(/append-only|cannot store/));
    expect(ids(await readAllAfter(ledger, START))).toEqual(ids(events));
  });

  it('takes what goes to the end as it should', async () => {
    lab.prompt((db) => db.exec(`INSERT ${row({})}`));
    expect(ids(await ledger.read('a'))).toEqual([...ids(events), 'new']);
    expect(await ledger.append('a', someEvents(1), 2)).toMatchObject({ revision: 3, position: 4 });
  });
});
