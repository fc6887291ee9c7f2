import { chmodSync, copyFileSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START } from '../../core/index.js';
import { anEvent, ids, readAllAfter, someEvents } from '../contract/harness.js';
import { Ledger } from '../port/index.js';
import { expectSound, SqliteLab } from './testing/sqlite-lab.js';

/** Permissions bind only those who are not root. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid!(65534);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}

describe('a log that cannot be written now', () => {
  let lab: SqliteLab;
  beforeEach(() => {
    lab = new SqliteLab();
  });
  afterEach(() => lab.dispose());

  const large = () => someEvents(1, { data: { text: 'x'.repeat(50_000) } });

  async function fill(ledger: Ledger): Promise<string[]> {
    const acknowledged: string[] = [];
    for (;;) {
      const events = large();
      try {
        await ledger.append('full', events, 'any');
        acknowledged.push(...ids(events));
      } catch (error) {
        expect(error).toMatchObject({ name: 'LedgerUnavailable', reason: 'disk-full' });
        return acknowledged;
      }
    }
  }

  it('a full disk: the append fails with nothing written, reads go on, and appends too once there is space', async () => {
    const quota = { maxPages: 60 as number | undefined };
    const ledger = await lab.open({ quota });
    const acknowledged = await fill(ledger);
    expect(acknowledged.length).toBeGreaterThan(1);
    const refused = large();
    await expect(ledger.append('full', refused, 'any')).rejects.toMatchObject({ reason: 'disk-full' });
    expect(ids(await readAllAfter(ledger, START))).toEqual(acknowledged);

    quota.maxPages = undefined;
    expect(await ledger.append('full', refused, acknowledged.length - 1)).toMatchObject({ repeated: false });
    expect(ids(await ledger.read('full'))).toEqual([...acknowledged, ...ids(refused)]);
    lab.prompt(expectSound);
  });

  it('a full disk fails the whole group of a commit, and nothing of it stays', async () => {
    const quota = { maxPages: 60 as number | undefined };
    const ledger = await lab.open({ quota });
    const group = Array.from({ length: 30 }, (_, index) => ledger.append(`thing-${index}`, large(), 'none'));
    const outcomes = await Promise.allSettled(group);
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
    expect(await ledger.head()).toBe(0);
    quota.maxPages = undefined;
    await Promise.all(Array.from({ length: 30 }, (_, index) => ledger.append(`thing-${index}`, large(), 'none')));
    lab.prompt(expectSound);
  });

  it('a file that becomes read-only under the ledger: appends and the probe say so, reads go on; then it recovers', async () => {
    const ledger = await lab.open();
    const event = anEvent();
    await ledger.append('a', [event], 'none');
    await lab.closeAll();
    const reopened = await lab.open();
    openToAll(lab);
    chmodSync(lab.file, 0o444);
    await unprivileged(async () => {
      await expect(reopened.append('a', [anEvent()], 0)).rejects.toMatchObject({
        name: 'LedgerUnavailable',
        reason: 'read-only',
      });
      await expect(reopened.probe()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'read-only' });
      expect(ids(await reopened.read('a'))).toEqual([event.id]);
    });
    chmodSync(lab.file, 0o644);
    await reopened.probe();
    expect(await reopened.append('a', [anEvent()], 0)).toMatchObject({ revision: 1 });
  });

  it('a read-only file is told when it is opened', async () => {
    await (await lab.open()).append('a', [anEvent()], 'none');
    await lab.closeAll();
    openToAll(lab);
    chmodSync(lab.file, 0o444);
    const opening = await unprivileged(() => lab.open().catch((error: unknown) => error));
    expect(opening).toMatchObject({ name: 'LedgerUnavailable', reason: 'read-only' });
  });

  it.each([0o444, 0o666])(
    'a read-only folder, as on a read-only disk, is told when a log in it (mode %o) is opened',
    async (mode) => {
      await (await lab.open()).append('a', [anEvent()], 'none');
      await lab.closeAll();
      chmodSync(lab.file, mode);
      chmodSync(lab.folder.name, 0o555);
      const opening = await unprivileged(() => lab.open().catch((error: unknown) => error));
      expect(opening).toMatchObject({ name: 'LedgerUnavailable', reason: 'read-only' });
      chmodSync(lab.folder.name, 0o755);
      expect(readdirSync(lab.folder.name)).toEqual(['log.db']);
      expect(await (await lab.open()).head()).toBe(1);
    },
  );

  it('a read-only folder is told when SQLite only says that it cannot open something beside the log', async () => {
    await (await lab.open()).append('a', [anEvent()], 'none');
    await lab.closeAll();
    openToAll(lab);
    writeFileSync(`${lab.file}-wal`, '', { mode: 0 });
    chmodSync(lab.folder.name, 0o555);
    const opening = await unprivileged(() => lab.open().catch((error: unknown) => error));
    expect(opening).toMatchObject({ reason: 'read-only', cause: { code: expect.stringMatching(/^SQLITE_CANTOPEN/) } });
    const folder = realpathSync(lab.folder.name);
    expect((opening as Error).message).toContain(`${lab.file} can't be opened: its folder ${folder} or its disk is`);

    chmodSync(lab.folder.name, 0o777);
    const writable = await unprivileged(() => lab.open().catch((error: unknown) => error));
    expect(writable).toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
    expect(readdirSync(lab.folder.name).sort()).toEqual(['log.db', 'log.db-wal']);
  });

  it('a read-only folder is told when the log is to be made in it', async () => {
    chmodSync(lab.folder.name, 0o555);
    const opening = await unprivileged(() => lab.open().catch((error: unknown) => error));
    expect(opening).toMatchObject({ name: 'LedgerUnavailable', reason: 'read-only' });
    expect((opening as Error).message).toContain(lab.file);
  });

  it('a lock that another process keeps: the append fails when patience is over, and goes on afterwards', async () => {
    const ledger = await lab.open();
    const other = new Database(lab.file);
    other.exec('BEGIN IMMEDIATE');
    const event = anEvent();
    await expect(ledger.append('a', [event], 'none')).rejects.toMatchObject({
      name: 'LedgerUnavailable',
      reason: 'busy',
    });
    other.exec('ROLLBACK');
    other.close();
    expect(await ledger.append('a', [event], 'none')).toMatchObject({ position: 1, repeated: false });
  });

  it('a file that is deleted under the ledger: an append is refused, not written to where nobody finds it', async () => {
    const ledger = await lab.open();
    await ledger.append('a', [anEvent()], 'none');
    for (const suffix of ['', '-wal', '-shm']) rmSync(lab.file + suffix);
    const group = ['a', 'b', 'c'].map((stream) => ledger.append(stream, [anEvent()], 'any'));
    for (const outcome of await Promise.allSettled(group)) {
      expect(outcome).toMatchObject({ reason: { name: 'LedgerUnavailable', reason: 'unreachable' } });
    }
    expect(await ledger.head()).toBe(1);
    expect(
      readdirSync(lab.folder.name).filter((name) => name.startsWith('log.db') && !name.includes('consumers')),
    ).toEqual([]);
  });

  it('a file that is moved away under the ledger takes no append, and goes on once it is back', async () => {
    const ledger = await lab.open();
    await ledger.append('a', [anEvent()], 'none');
    const move = (from: string, to: string) => {
      for (const suffix of ['', '-wal', '-shm']) renameSync(from + suffix, to + suffix);
    };
    move(lab.file, lab.folder.path('moved'));
    const event = anEvent();
    await expect(ledger.append('a', [event], 0)).rejects.toMatchObject({ reason: 'unreachable' });
    move(lab.folder.path('moved'), lab.file);
    expect(await ledger.append('a', [event], 0)).toMatchObject({ position: 2, repeated: false });
    lab.prompt(expectSound);
  });

  it('a file that another took the place of takes no append', async () => {
    const ledger = await lab.open();
    await ledger.append('a', [anEvent()], 'none');
    copyFileSync(lab.file, lab.folder.path('other.db'));
    renameSync(lab.folder.path('other.db'), lab.file);
    await expect(ledger.append('a', [anEvent()], 0)).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('a file that is moved away under the ledger is told by the probe, and never made anew', async () => {
    const ledger = await lab.open();
    await ledger.append('a', [anEvent()], 'none');
    for (const suffix of ['', '-wal', '-shm']) renameSync(lab.file + suffix, lab.folder.path(`moved${suffix}`));
    for (let round = 0; round < 2; round++) {
      await expect(ledger.probe()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
    }
    await expect(ledger.append('a', [anEvent()], 'any')).rejects.toMatchObject({ name: 'LedgerUnavailable' });
    expect(() => rmSync(lab.file)).toThrow(/ENOENT/);
  });
});

function openToAll(lab: SqliteLab): void {
  chmodSync(lab.folder.name, 0o777);
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      chmodSync(lab.file + suffix, 0o666);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
