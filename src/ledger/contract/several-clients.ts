import { describe, expect, it } from '@jest/globals';
import { Ledger, RevisionConflict } from '../port/index.js';
import { anEvent, eventually, fresh, ids, LedgerFactory, readAllAfter, someEvents, useStore } from './harness.js';

const PER_WRITER = 40;

/** As a command handler does it: look, append, and look again after a lost race. */
async function insist(
  ledger: Ledger,
  stream: string,
  data: { readonly writer: string; readonly number: number },
): Promise<void> {
  for (;;) {
    const [last] = await ledger.read(stream, { direction: 'backwards', limit: 1 });
    try {
      await ledger.append(stream, [anEvent({ data })], last?.revision ?? 'none');
      return;
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}

export function severalClients(factory: LedgerFactory): void {
  describe('several clients on one log', () => {
    const setup = useStore(factory);

    it('lose nothing when they write to one stream, and each event has one revision', async () => {
      const other = await setup.open();
      const stream = fresh('shared');
      const write = async (ledger: Ledger, writer: string) => {
        for (let number = 0; number < PER_WRITER; number++) await insist(ledger, stream, { writer, number });
      };
      await Promise.all([write(setup.ledger, 'a'), write(other, 'b'), write(other, 'c')]);
      const events = await setup.ledger.read(stream);
      expect(events.map(({ revision }) => revision)).toEqual(
        Array.from({ length: 3 * PER_WRITER }, (_, index) => index),
      );
      for (const writer of ['a', 'b', 'c']) {
        const numbers = events.filter(({ data }) => data.writer === writer).map(({ data }) => data.number);
        expect(numbers).toEqual(Array.from({ length: PER_WRITER }, (_, index) => index));
      }
    });

    it('see one order of the log, each in its own subscription', async () => {
      const other = await setup.open();
      const after = await setup.ledger.head();
      const [mine, theirs] = [setup.follow(setup.ledger, { after }), setup.follow(other, { after })];
      const write = async (ledger: Ledger) => {
        const stream = fresh('own');
        for (let round = 0; round < 20; round++) await ledger.append(stream, someEvents(2), 'any');
      };
      await Promise.all([write(setup.ledger), write(other)]);
      await eventually(() => expect([mine.events.length, theirs.events.length]).toEqual([80, 80]));
      const order = ids(await readAllAfter(other, after));
      expect(ids(mine.events)).toEqual(order);
      expect(ids(theirs.events)).toEqual(order);
    });

    it('a waiting subscription of one sees what the other appends', async () => {
      const other = await setup.open();
      const follower = setup.follow(setup.ledger, { after: await setup.ledger.head() });
      await eventually(() => expect(follower.caughtUp.length).toBeGreaterThan(0));
      const event = anEvent();
      const { position } = await other.append(fresh('thing'), [event], 'none');
      await eventually(() => expect(ids(follower.events)).toEqual([event.id]));
      expect(await setup.ledger.head()).toBe(position);
    });

    it('one reads at once what was acknowledged to the other', async () => {
      const other = await setup.open();
      for (let round = 0; round < 20; round++) {
        const stream = fresh('thing');
        const event = anEvent();
        await setup.ledger.append(stream, [event], 'none');
        expect(ids(await other.read(stream))).toEqual([event.id]);
      }
    });
  });
}
