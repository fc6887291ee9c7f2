import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { someEvents } from '../contract/harness.js';
import { LedgerCorrupted } from '../port/index.js';
import { SqliteLab } from './testing/sqlite-lab.js';

describe('opening a log', () => {
  let lab: SqliteLab;
  beforeEach(() => {
    lab = new SqliteLab();
  });
  afterEach(() => lab.dispose());

  /** A log of a few hundred events, closed, so that all of it is in the one file. */
  async function someLog(): Promise<void> {
    const ledger = await lab.open();
    for (let index = 0; index < 20; index++) await ledger.append(`thing-${index}`, someEvents(20), 'none');
    await lab.closeAll();
  }

  async function refused(): Promise<string> {
    const before = readFileSync(lab.file);
    const error = await lab.open().then(
      () => new Error('it was opened'),
      (reason: Error) => reason,
    );
    expect(error).toBeInstanceOf(LedgerCorrupted);
    expect(error.message).toContain(lab.file);
    expect(readFileSync(lab.file).equals(before)).toBe(true);
    return error.message;
  }

  it('makes it, and its folder, when there is none: with a write-ahead log and our mark', async () => {
    const file = lab.folder.path('new/folder/log.db');
    await lab.open({ file });
    lab.prompt((db) => {
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(db.pragma('application_id', { simple: true })).toBe(0x43757374);
    }, file);
  });

  it('goes on where a crash left an empty file', async () => {
    writeFileSync(lab.file, '');
    expect(await (await lab.open()).append('a', someEvents(1), 'none')).toMatchObject({ position: 1 });
  });

  it('commits with synchronous = FULL', async () => {
    const { connect } = await import('./open-log.js');
    await lab.open();
    const db = connect(lab.file);
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    db.close();
  });

  it('opens one that is intact, as often as you like', async () => {
    await someLog();
    for (let round = 0; round < 3; round++) {
      const ledger = await lab.open();
      expect(await ledger.head()).toBe(400);
      await ledger.close();
    }
  });

  it('refuses a file that is no database', async () => {
    writeFileSync(lab.file, 'Dear diary, '.repeat(1000));
    expect(await refused()).toMatch(/damaged or no SQLite database.*"Backup and restore" in docs\/operations\.md/);
  });

  it("refuses somebody else's database, and leaves it alone", async () => {
    lab.prompt((db) => db.exec('CREATE TABLE recipes (name TEXT)'));
    expect(await refused()).toMatch(/not a log of Custody/);
  });

  it('refuses one that a newer version wrote', async () => {
    await someLog();
    lab.prompt((db) => db.pragma('user_version = 2'));
    expect(await refused()).toMatch(/newer version of Custody wrote it \(format 2, this version knows up to 1\)/);
  });

  it.each([
    'DROP TRIGGER events_are_never_deleted',
    'CREATE TRIGGER quiet AFTER INSERT ON events BEGIN SELECT 1; END',
    'ALTER TABLE events ADD COLUMN more TEXT',
  ])('refuses one whose guard was tampered with: %s', async (sql) => {
    await someLog();
    lab.prompt((db) => db.exec(sql));
    expect(await refused()).toMatch(/triggers that keep it append-only were changed/);
  });

  it('refuses one that has lost its end', async () => {
    await someLog();
    truncateSync(lab.file, Math.floor(readFileSync(lab.file).length / 2 / 4096) * 4096);
    await refused();
  });

  it.each([1, 2, 3])('refuses one with damage on page %i', async (page) => {
    await someLog();
    const bytes = readFileSync(lab.file);
    bytes.fill(0xa5, (page - 1) * 4096 + 100, page * 4096);
    writeFileSync(lab.file, bytes);
    await refused();
  });

  it('refuses one where an index and the events at the end contradict each other', async () => {
    await someLog();
    const id = lab.prompt((db) => db.prepare('SELECT id FROM events ORDER BY position DESC').pluck().get() as string);
    const bytes = readFileSync(lab.file);
    const places = placesOf(id, bytes).filter((at) => bytes[Math.floor(at / 4096) * 4096] === LEAF_OF_AN_INDEX);
    expect(places).toHaveLength(1);
    bytes.write('z', places[0]!);
    writeFileSync(lab.file, bytes);
    expect(await refused()).toMatch(/of its last 400 events only 399 are sound/);
  });

  it('tells a file that cannot be opened from one that is damaged', async () => {
    mkdirSync(lab.file);
    await expect(lab.open()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
  });

  it('tells a folder that is a file', async () => {
    writeFileSync(lab.folder.path('folder'), '');
    await expect(lab.open({ file: lab.folder.path('folder/log.db') })).rejects.toMatchObject({
      name: 'LedgerUnavailable',
      reason: 'unreachable',
    });
  });

  it('opens a plain copy of the file, taken while nobody wrote', async () => {
    await someLog();
    const copy = lab.folder.path('copy.db');
    copyFileSync(lab.file, copy);
    expect(existsSync(`${copy}-wal`)).toBe(false);
    expect(await (await lab.open({ file: copy })).head()).toBe(400);
  });
});

/** First byte of such a page in SQLite's file format. */
const LEAF_OF_AN_INDEX = 0x0a;

function placesOf(text: string, bytes: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}
