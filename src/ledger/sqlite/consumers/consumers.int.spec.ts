import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../../core/index.js';
import { acknowledge, anEvent, eventually, hold, someEvents, Worker } from '../../contract/harness.js';
import { Ledger, LedgerCorrupted } from '../../port/index.js';
import { SqliteLab } from '../testing/sqlite-lab.js';

const SECOND = 1_000_000;

describe('the groups beside the log', () => {
  let lab: SqliteLab;
  let groups: string;
  beforeEach(() => {
    lab = new SqliteLab();
    groups = `${lab.file}-consumers.db`;
  });
  afterEach(() => lab.dispose());

  const jobs = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => anEvent({ type: 'Job', data: { index: from + index } }));
  const indexes = (worker: Worker) => worker.data.map(({ index }) => index);

  async function working(ledger: Ledger, handle: ConstructorParameters<typeof Worker>[1], more = {}): Promise<Worker> {
    return new Worker(await ledger.consume('group', { types: ['Job'], ...more }), handle);
  }

  /** A client whose clock is ahead: to it, whoever has not shown himself since is dead. */
  const later = (seconds: number) => {
    const clock = new FixedClock();
    clock.advance(seconds * SECOND);
    return lab.open({ clock });
  };

  it('a delivery whose consumer shows no sign of life goes to another, and counts as failed', async () => {
    const dead = await later(0);
    await dead.append('job', jobs(1), 'none');
    await eventuallyHolding(await working(dead, hold));
    const early = await working(await later(9), acknowledge);
    const late = await working(await later(11), acknowledge);
    await eventuallyHolding(late);
    expect(late.deliveries[0]!.retries).toBe(1);
    expect(early.deliveries).toEqual([]);
  });

  it('in an ordered group nobody gets the next event while the one before is with a consumer that died', async () => {
    const dead = await later(0);
    await dead.append('job', jobs(2), 'none');
    await eventuallyHolding(await working(dead, hold, { ordered: true }));
    // It looks at once, and has looked when it is closed.
    const early = await working(await later(9), acknowledge, { ordered: true });
    await early.close();
    expect(early.deliveries).toEqual([]);
    const late = await working(await later(11), acknowledge, { ordered: true });
    await eventually(() => expect(indexes(late)).toEqual([0, 1]));
  });

  it('an event that kills whoever takes it is parked in the end', async () => {
    await (await lab.open()).append('job', jobs(1), 'none');
    for (const seconds of [0, 11])
      await eventuallyHolding(await working(await later(seconds), hold, { maxRetries: 1 }));
    const third = await later(22);
    const idle = await working(third, hold, { maxRetries: 1 });
    await eventually(async () => {
      expect(await third.parked('group')).toMatchObject([{ reason: 'failed 2 times, at last: its consumer died' }]);
    });
    expect(idle.deliveries).toEqual([]);
  });

  it('an answer that comes when the delivery has gone to another does nothing', async () => {
    const slow = await later(0);
    await slow.append('job', jobs(1), 'none');
    const first = await working(slow, hold);
    await eventuallyHolding(first);
    const second = await working(await later(11), hold);
    await eventuallyHolding(second);
    await first.deliveries[0]!.nack('park', 'too late');
    await first.deliveries[0]!.ack();
    await first.close();
    await second.deliveries[0]!.nack('retry', 'once more');
    await eventually(() => expect(second.deliveries.map(({ retries }) => retries)).toEqual([1, 2]));
    expect(await slow.parked('group')).toEqual([]);
  });

  it('an answer after the ledger was closed says so', async () => {
    const ledger = await lab.open();
    await ledger.append('job', jobs(1), 'none');
    const worker = await working(ledger, hold);
    await eventuallyHolding(worker);
    await ledger.close();
    await expect(worker.deliveries[0]!.ack()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'closed' });
  });

  it('a few events among many of other types are found, at the end of the log too', async () => {
    const ledger = await lab.open();
    for (let round = 0; round < 25; round++) await ledger.append('noise', someEvents(1000), 'any');
    await ledger.append('job', jobs(1), 'none');
    const worker = await working(ledger, acknowledge);
    await eventually(() => expect(indexes(worker)).toEqual([0]));
  });

  it('nothing but their file changes for them, and losing it means only that everything comes again', async () => {
    const ledger = await lab.open();
    await ledger.append('job', jobs(3), 'none');
    await lab.closeAll();
    const log = readFileSync(lab.file);
    const first = await working(await lab.open(), acknowledge);
    await eventually(() => expect(indexes(first)).toEqual([0, 1, 2]));
    await lab.closeAll();
    expect(readFileSync(lab.file).equals(log)).toBe(true);

    rmSync(groups);
    const second = await working(await lab.open(), acknowledge);
    await eventually(() => expect(indexes(second)).toEqual([0, 1, 2]));
  });

  it.each([
    ['is damaged', () => writeFileSync(groups, 'no database '.repeat(1000))],
    ['is of another version', () => lab.prompt((db) => db.pragma('user_version = 7'), groups)],
    ['is something else', () => (rmSync(groups), lab.prompt((db) => db.exec('PRAGMA user_version = 1'), groups))],
  ])('a file of theirs that %s is named, with the way out; the log itself works on', async (_what, damage) => {
    const before = await lab.open();
    await before.append('job', jobs(1), 'none');
    await before.parked('group');
    await lab.closeAll();
    damage();
    const ledger = await lab.open();
    const consuming = ledger.consume('group', { types: ['Job'] });
    await expect(consuming).rejects.toBeInstanceOf(LedgerCorrupted);
    await expect(consuming).rejects.toThrow(`${groups} is damaged or from another version`);
    expect(await ledger.append('job', jobs(1), 0)).toMatchObject({ revision: 1 });
  });

  it('after the log was restored from a backup they do not skip what is appended in place of the lost events', async () => {
    const backup = lab.folder.path('backup.db');
    await (await lab.open()).append('job', jobs(2), 'none');
    await lab.closeAll();
    copyFileSync(lab.file, backup);
    const lost = await lab.open();
    await lost.append('job', jobs(4, 2), 1);
    const before = await working(lost, (delivery) => (delivery.event.data.index === 5 ? hold() : delivery.ack()), {
      inFlight: 9,
    });
    await eventually(() => expect(indexes(before)).toEqual([0, 1, 2, 3, 4, 5]));
    await lab.closeAll();

    copyFileSync(backup, lab.file);
    const restored = await lab.open();
    const after = await working(restored, acknowledge);
    await restored.append('job', jobs(2, 100), 1);
    await eventually(() => expect(indexes(after)).toEqual([100, 101]));
  });

  async function eventuallyHolding(worker: Worker): Promise<void> {
    await eventually(() => expect(worker.deliveries).toHaveLength(1));
  }
});
