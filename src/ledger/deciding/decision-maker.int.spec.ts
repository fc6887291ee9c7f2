import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  accept,
  CustodyError,
  Decider,
  EventCatalogue,
  EventDefinition,
  FixedClock,
  NewEvent,
  refuse,
  systemContext,
} from '../../core/index.js';
import { MemoryLedger } from '../memory/index.js';
import { AppendResult, ExpectedRevision, Ledger, LedgerUnavailable } from '../port/index.js';
import { DecisionMaker } from './decision-maker.js';

type Added = { readonly type: 'Added'; readonly data: { readonly amount: number } };
interface Add {
  readonly amount: number;
  readonly limit: number;
}

const definition: EventDefinition = {
  type: 'Added',
  summary: '',
  stream: 'sum-<id>',
  resource: () => ({ kind: 'sum', id: '1' }),
  samples: [{ amount: 1 }],
};
const sum: Decider<number, Add, Added> = {
  initial: 0,
  evolve: (state, { data }) => state + data.amount,
  decide: ({ amount, limit }, state) => {
    if (amount === 0) return accept();
    if (state + amount > limit) return refuse('state', 'over-limit', `${state} + ${amount} is over ${limit}`);
    return accept({ type: 'Added', data: { amount } });
  },
};

const clock = new FixedClock();
const context = (more = {}) => systemContext(clock.now(), 'test', more);
const add = (amount: number, limit = Infinity): Add => ({ amount, limit });

/** Answers the appends one by one, when it is told to; `fail` makes the next one fail. */
class SlowLedger extends MemoryLedger {
  waiting: (() => void)[] = [];
  fail = false;
  override async append(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.fail) throw new LedgerUnavailable('the disk is full', 'disk-full');
    return super.append(stream, events, expected);
  }
  async release(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) {
      for (const go of this.waiting.splice(0)) go();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('the decision maker', () => {
  let ledger: Ledger;
  let decisions: DecisionMaker;
  beforeEach(() => {
    ledger = new MemoryLedger(clock);
    decisions = new DecisionMaker(ledger, new EventCatalogue([definition]));
  });

  it('decides on what is in the log, appends, and answers the state after it', async () => {
    await decisions.decide(sum, 'sum-1', add(2), context());
    const bookmarked = context();
    const written = await decisions.decide(sum, 'sum-1', add(3), bookmarked);
    expect(written.state).toBe(5);
    expect(bookmarked.bookmark.position).toBe(written.position);
    expect((await ledger.read('sum-1')).map(({ data, revision, schema }) => [data, revision, schema])).toEqual([
      [{ amount: 2 }, 0, 1],
      [{ amount: 3 }, 1, 1],
    ]);
  });

  it('throws a refusal as an error with its code, and writes nothing', async () => {
    await expect(decisions.decide(sum, 'sum-1', add(5, 4), context())).rejects.toMatchObject({
      kind: 'state',
      code: 'over-limit',
    });
    expect(await ledger.read('sum-1')).toEqual([]);
  });

  it('takes a decision again when another process was faster', async () => {
    const other = new DecisionMaker(ledger, new EventCatalogue([definition]));
    await decisions.decide(sum, 'sum-1', add(1), context());
    await other.decide(sum, 'sum-1', add(10), context());
    expect((await decisions.decide(sum, 'sum-1', add(1), context())).state).toBe(12);
  });

  it('many commands at once on one stream, from two processes, all count and never pass the limit', async () => {
    const other = new DecisionMaker(ledger, new EventCatalogue([definition]));
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 ? decisions : other).decide(sum, 'sum-1', add(1, 150), context()),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(150);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(CustodyError);
    expect((await decisions.load(sum, 'sum-1')).state).toBe(150);
  });

  it('what was decided on an append that lost its race is decided anew, also when its revision fits by chance', async () => {
    const first: Decider<string | undefined, string, { type: 'Chosen'; data: { value: string } }> = {
      initial: undefined,
      evolve: (_, { data }) => data.value,
      decide: (value, state) =>
        state === undefined
          ? accept({ type: 'Chosen', data: { value } })
          : state === value
            ? accept()
            : refuse('state', 'chosen', state),
    };
    const chosen: EventDefinition = { ...definition, type: 'Chosen', samples: [{ value: 'a' }] };
    const two = [1, 2].map(() => new DecisionMaker(ledger, new EventCatalogue([chosen])));
    for (let round = 0; round < 100; round++) {
      const stream = `choice-${round}`;
      const tries = [two[0]!, two[0]!, two[1]!, two[0]!, two[1]!].map((maker, index) =>
        maker.decide(first, stream, `value ${index}`, context()),
      );
      const results = await Promise.allSettled(tries);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await ledger.read(stream)).toHaveLength(1);
    }
  });

  it('many commands at once on one stream read what is new once, and share their appends', async () => {
    let reads = 0;
    let appends = 0;
    const counted = new MemoryLedger(clock);
    const read = counted.read.bind(counted);
    const append = counted.append.bind(counted);
    counted.read = (stream, options) => (reads++, read(stream, options));
    counted.append = (stream, events, expected) => (appends++, append(stream, events, expected));
    const maker = new DecisionMaker(counted, new EventCatalogue([definition]));
    await Promise.all(Array.from({ length: 320 }, () => maker.decide(sum, 'sum-1', add(1), context())));
    expect((await counted.read('sum-1')).length).toBe(320);
    expect(appends).toBeLessThan(20);
    expect(reads).toBeLessThan(20);
  });

  it('a command that changes nothing still moves the bookmark to what it has seen', async () => {
    const { position } = await decisions.decide(sum, 'sum-1', add(1), context());
    const later = context();
    await decisions.decide(sum, 'sum-1', add(0), later);
    expect(later.bookmark.position).toBe(position);
  });

  it('an append of several commands that is too large goes out one by one', async () => {
    const blob: Decider<number, string, { type: 'Kept'; data: { text: string } }> = {
      initial: 0,
      evolve: (state) => state + 1,
      decide: (text) => accept({ type: 'Kept', data: { text } }),
    };
    const kept: EventDefinition = { ...definition, type: 'Kept', samples: [{ text: 'a' }] };
    const maker = new DecisionMaker(ledger, new EventCatalogue([kept]));
    await Promise.all(Array.from({ length: 5 }, () => maker.decide(blob, 'blobs', 'x'.repeat(700_000), context())));
    expect(await ledger.read('blobs')).toHaveLength(5);
  });

  it('the same idempotency key makes the same event ids', async () => {
    await decisions.record('sum-2', [{ type: 'Added', data: { amount: 1 } }], context({ idempotencyKey: 'job-7' }));
    await decisions.record('sum-2', [{ type: 'Added', data: { amount: 1 } }], context({ idempotencyKey: 'job-7' }));
    expect(await ledger.read('sum-2')).toHaveLength(1);
  });

  it('a command sent again under its idempotency key answers the state of the log, not one with its events twice', async () => {
    await decisions.decide(sum, 'sum-3', add(2), context({ idempotencyKey: 'transfer-1' }));
    const again = await decisions.decide(sum, 'sum-3', add(2), context({ idempotencyKey: 'transfer-1' }));
    expect(again.state).toBe(2);
    expect(await ledger.read('sum-3')).toHaveLength(1);
    expect((await decisions.decide(sum, 'sum-3', add(1), context())).state).toBe(3);
  });

  it('refuses an event type that the catalogue does not know, before anything is written', async () => {
    await expect(decisions.record('sum-1', [{ type: 'Unheard', data: {} }], context())).rejects.toThrow(/Unheard/);
    expect(await ledger.read('sum-1')).toEqual([]);
  });

  describe('with an append under way', () => {
    let slow: SlowLedger;
    beforeEach(() => {
      slow = new SlowLedger(clock);
      decisions = new DecisionMaker(slow, new EventCatalogue([definition]));
    });

    it('the next command decides on the state that it leads to', async () => {
      const first = decisions.decide(sum, 'sum-1', add(1), context());
      const second = decisions.decide(sum, 'sum-1', add(1), context());
      await slow.release();
      expect([(await first).state, (await second).state]).toEqual([1, 2]);
    });

    it('a command that changes nothing is answered only once that append is durable', async () => {
      const first = decisions.decide(sum, 'sum-1', add(1), context());
      await new Promise((resolve) => setImmediate(resolve));
      let answered = false;
      const nothing = decisions.decide(sum, 'sum-1', add(0), context()).then(() => (answered = true));
      await new Promise((resolve) => setImmediate(resolve));
      expect(answered).toBe(false);
      await slow.release();
      await Promise.all([first, nothing]);
      expect(answered).toBe(true);
    });

    it('when that append fails, what was decided on top of it is not answered as a success', async () => {
      slow.fail = true;
      const all = [add(5), add(5), add(0)].map((command) => decisions.decide(sum, 'sum-1', command, context()));
      const results = Promise.allSettled(all);
      await slow.release();
      const outcome = (await results).map(({ status }) => status);
      expect(outcome.slice(0, 2)).toEqual(['rejected', 'rejected']);
      expect((await decisions.load(sum, 'sum-1')).state).toBe(0);
    });
  });
});
