import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START, systemClock } from '../../core/index.js';
import { anEvent, ids, readAllAfter, someEvents } from '../contract/harness.js';
import { Ledger, LedgerUnavailable } from '../port/index.js';
import { Group, Outcome } from './group.js';
import { openLog } from './open-log.js';
import { SqliteLedger } from './sqlite-ledger.js';
import { expectSound, SqliteLab } from './testing/sqlite-lab.js';
import { InlineWriter, Writer } from './writer.js';

type Fault = 'failed' | 'failed but persisted';

/** A writer whose next commits fail, with or without having reached the disk. */
class FaultyWriter implements Writer {
  readonly faults: Fault[] = [];
  readonly groups: Group[] = [];
  private readonly real: InlineWriter;

  constructor(file: string) {
    this.real = new InlineWriter(file);
  }

  async write(group: Group): Promise<readonly Outcome[]> {
    this.groups.push(group);
    const fault = this.faults.shift();
    if (fault === 'failed') throw new LedgerUnavailable('the disk is away', 'io');
    const outcomes = await this.real.write(group);
    if (fault) throw new LedgerUnavailable('the answer was lost', 'io');
    return outcomes;
  }

  probe = () => this.real.probe();
  close = () => this.real.close();
}

describe('the commit of a group', () => {
  let lab: SqliteLab;
  let writer: FaultyWriter;
  let ledger: Ledger;
  beforeEach(() => {
    lab = new SqliteLab();
    writer = new FaultyWriter(lab.file);
    ledger = new SqliteLedger(lab.file, openLog(lab.file), writer, systemClock);
  });
  afterEach(async () => {
    await ledger.close();
    lab.prompt(expectSound);
    await lab.dispose();
  });

  it.each<Fault[]>([
    ['failed'],
    ['failed but persisted'],
    ['failed', 'failed but persisted'],
    ['failed but persisted', 'failed'],
    ['failed but persisted', 'failed but persisted', 'failed'],
  ])('that fails (%s, then %s) and is retried with the same ids is one write', async (...faults) => {
    const told = faults.filter((fault) => typeof fault === 'string');
    writer.faults.push(...told);
    await ledger.read('thing');
    const events = someEvents(3);
    for (const _ of told)
      await expect(ledger.append('thing', events, 'none')).rejects.toBeInstanceOf(LedgerUnavailable);
    const repeated = told.includes('failed but persisted');
    expect(await ledger.append('thing', events, 'none')).toEqual({ revision: 2, position: 3, repeated });
    expect(ids(await readAllAfter(ledger, START))).toEqual(ids(events));
  });

  it.each<Fault>(['failed', 'failed but persisted'])(
    'that %s fails all of its appends; each can be retried',
    async (fault) => {
      writer.faults.push(fault);
      const appends = Array.from({ length: 10 }, (_, index) => ({ stream: `thing-${index}`, events: someEvents(2) }));
      const all = () => Promise.allSettled(appends.map(({ stream, events }) => ledger.append(stream, events, 'none')));
      expect((await all()).map(({ status }) => status)).toEqual(appends.map(() => 'rejected'));
      expect((await all()).map(({ status }) => status)).toEqual(appends.map(() => 'fulfilled'));
      expect(await ledger.head()).toBe(20);
    },
  );

  it('takes all appends of one turn of the event loop together, and those that come meanwhile in the next', async () => {
    const append = (stream: string) => ledger.append(stream, [anEvent()], 'none');
    const first = Array.from({ length: 10 }, (_, index) => append(`first-${index}`));
    const second = first.map((each, index) => each.then(() => append(`second-${index}`)));
    await Promise.all(second);
    expect(writer.groups.map(({ requests }) => requests.length)).toEqual([10, 10]);
  });

  it('bounds a group, and answers what is beyond in the next', async () => {
    const appends = Array.from({ length: 600 }, (_, index) => ledger.append(`thing-${index}`, [anEvent()], 'none'));
    const positions = (await Promise.all(appends)).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    expect(Math.max(...writer.groups.map(({ requests }) => requests.length))).toBeLessThanOrEqual(256);
  });

  it('lets the appends of a group see each other: conflicts, repetitions and violations have their own outcomes', async () => {
    const [one, two] = [someEvents(2), someEvents(1)];
    const outcomes = await Promise.allSettled([
      ledger.append('thing', one, 'none'),
      ledger.append('thing', two, 'none'),
      ledger.append('thing', one, 'none'),
      ledger.append('thing', two, 1),
      ledger.append('other', one, 'none'),
      ledger.append('other', [anEvent()], 'none'),
    ]);
    expect(writer.groups).toHaveLength(1);
    expect(outcomes).toMatchObject([
      { value: { revision: 1, position: 2, repeated: false } },
      { reason: { name: 'RevisionConflict', actual: 1 } },
      { value: { revision: 1, position: 2, repeated: true } },
      { value: { revision: 2, position: 3, repeated: false } },
      { reason: { name: 'IdempotencyViolation' } },
      { value: { revision: 0, position: 4, repeated: false } },
    ]);
  });

  it('is finished before the ledger closes: what was accepted is answered', async () => {
    const appends = Array.from({ length: 300 }, (_, index) => ledger.append(`thing-${index}`, [anEvent()], 'none'));
    const closing = ledger.close();
    expect((await Promise.all(appends)).at(-1)).toMatchObject({ position: 300 });
    await closing;
  });
});
