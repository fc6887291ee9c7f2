import { describe, expect, it } from '@jest/globals';
import { RecordedEvent } from '../../core/index.js';
import { DEFAULT_PAGE } from '../port/index.js';
import { fresh, ids, LedgerFactory, readAllAfter, someEvents, useStore } from './harness.js';

const revisions = (events: readonly RecordedEvent[]) => events.map(({ revision }) => revision);

export function reading(factory: LedgerFactory): void {
  describe('reading a stream', () => {
    const setup = useStore(factory);

    it('that does not exist gives nothing, either way', async () => {
      const stream = fresh('nothing');
      expect(await setup.ledger.read(stream)).toEqual([]);
      expect(await setup.ledger.read(stream, { direction: 'backwards' })).toEqual([]);
      expect(await setup.ledger.read(stream, { from: 5 })).toEqual([]);
    });

    it('starts at a revision, inclusive, and ends at the limit', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      await ledger.append(stream, someEvents(6), 'none');
      expect(revisions(await ledger.read(stream))).toEqual([0, 1, 2, 3, 4, 5]);
      expect(revisions(await ledger.read(stream, { from: 2 }))).toEqual([2, 3, 4, 5]);
      expect(revisions(await ledger.read(stream, { from: 2, limit: 2 }))).toEqual([2, 3]);
      expect(revisions(await ledger.read(stream, { from: 6 }))).toEqual([]);
    });

    it('goes backwards from the last revision, or from one that is named', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      await ledger.append(stream, someEvents(6), 'none');
      expect(revisions(await ledger.read(stream, { direction: 'backwards' }))).toEqual([5, 4, 3, 2, 1, 0]);
      expect(revisions(await ledger.read(stream, { direction: 'backwards', limit: 2 }))).toEqual([5, 4]);
      expect(revisions(await ledger.read(stream, { direction: 'backwards', from: 2 }))).toEqual([2, 1, 0]);
      expect(revisions(await ledger.read(stream, { direction: 'backwards', from: 100, limit: 1 }))).toEqual([5]);
    });

    it('ends a page at 1,000 events unless told otherwise', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      await ledger.append(stream, someEvents(600), 'none');
      await ledger.append(stream, someEvents(600), 599);
      expect(await ledger.read(stream)).toHaveLength(DEFAULT_PAGE);
      expect(await ledger.read(stream, { limit: 1100 })).toHaveLength(1100);
    });
  });

  describe('reading the whole log', () => {
    const setup = useStore(factory);

    it('gives all streams in the order of their appends, positions growing, revisions without gap', async () => {
      const { ledger } = setup;
      const before = await ledger.head();
      const streams = [fresh('a'), fresh('b'), fresh('c')];
      const appended: string[] = [];
      for (let round = 0; round < 12; round++) {
        const events = someEvents(1 + (round % 3));
        await ledger.append(streams[round % streams.length]!, events, 'any');
        appended.push(...ids(events));
      }
      const all = await readAllAfter(ledger, before);
      expect(ids(all)).toEqual(appended);
      all.reduce((last, { position }) => {
        expect(position).toBeGreaterThan(last);
        return position;
      }, before);
      for (const stream of streams) {
        const own = revisions(all.filter((event) => event.stream === stream));
        expect(own).toEqual(own.map((_, index) => index));
      }
    });

    it('pages forwards, exclusive of where it starts', async () => {
      const { ledger } = setup;
      const before = await ledger.head();
      const events = someEvents(25);
      await ledger.append(fresh('thing'), events, 'none');
      expect(ids(await readAllAfter(ledger, before, 10))).toEqual(ids(events));
      const [first, second] = await ledger.readAll({ from: before, limit: 2 });
      expect(ids(await ledger.readAll({ from: first!.position, limit: 1 }))).toEqual([second!.id]);
      expect(await ledger.readAll({ from: await ledger.head() })).toEqual([]);
    });

    it('pages backwards from the end, exclusive of where it starts', async () => {
      const { ledger } = setup;
      const events = someEvents(25);
      await ledger.append(fresh('thing'), events, 'none');
      const back: RecordedEvent[] = [];
      while (back.length < 25) {
        const from = back.at(-1)?.position;
        const page = await ledger.readAll({
          direction: 'backwards',
          limit: 10,
          ...(from === undefined ? {} : { from }),
        });
        expect(page.length).toBeGreaterThan(0);
        back.push(...page);
      }
      expect(ids(back.slice(0, 25))).toEqual([...ids(events)].reverse());
    });

    it('tells the position of its last event as its head', async () => {
      const { ledger } = setup;
      const { position } = await ledger.append(fresh('thing'), someEvents(3), 'none');
      expect(await ledger.head()).toBe(position);
      expect((await ledger.readAll({ direction: 'backwards', limit: 1 }))[0]!.position).toBe(position);
    });
  });
}
