import { describe, expect, it } from '@jest/globals';
import { ExpectedRevision, IdempotencyViolation } from '../port/index.js';
import { anEvent, fresh, ids, LedgerFactory, readAllAfter, someEvents, useStore } from './harness.js';

export function idempotency(factory: LedgerFactory): void {
  describe('the same event ids again', () => {
    const setup = useStore(factory);

    it.each<[ExpectedRevision]>([['none'], ['any'], ['exists'], [2], [7], [40]])(
      'answer the first result and write nothing, expected %p',
      async (expected) => {
        const { ledger } = setup;
        const stream = fresh('thing');
        await ledger.append(stream, someEvents(3), 'none');
        const events = someEvents(3);
        const first = await ledger.append(stream, events, 2);
        await ledger.append(stream, someEvents(2), 'exists');
        const before = await ledger.head();
        expect(await ledger.append(stream, events, expected)).toEqual({ ...first, repeated: true });
        expect(await readAllAfter(ledger, before)).toEqual([]);
        expect(await ledger.read(stream)).toHaveLength(8);
      },
    );

    it('answer the first result to another client too', async () => {
      const stream = fresh('thing');
      const events = someEvents(2);
      const first = await setup.ledger.append(stream, events, 'none');
      const other = await setup.open();
      expect(await other.append(stream, events, 'none')).toEqual({ ...first, repeated: true });
    });

    it('sent twice at the same time are one write', async () => {
      const { ledger } = setup;
      const other = await setup.open();
      const stream = fresh('thing');
      const events = someEvents(2);
      const results = await Promise.all(
        [ledger, other, ledger, other].map((client) => client.append(stream, events, 'none')),
      );
      expect(new Set(results.map(({ position }) => position)).size).toBe(1);
      expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(ids(await ledger.read(stream))).toEqual(ids(events));
    });

    it('as part of an append, in another order, or as a part of the first append with others are refused', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      const [one, two, three] = [anEvent(), anEvent(), anEvent()] as const;
      await ledger.append(stream, [one, two], 'none');
      for (const events of [
        [two, one],
        [one, three],
        [three, two],
        [one, two, three],
        [three, one, two],
      ]) {
        for (const expected of ['any', 1] as const) {
          await expect(ledger.append(stream, events, expected)).rejects.toBeInstanceOf(IdempotencyViolation);
        }
      }
      expect(ids(await ledger.read(stream))).toEqual(ids([one, two]));
    });

    it('in another stream are refused', async () => {
      const { ledger } = setup;
      const [here, there] = [fresh('here'), fresh('there')];
      const events = someEvents(2);
      await ledger.append(here, events, 'none');
      await expect(ledger.append(there, events, 'none')).rejects.toBeInstanceOf(IdempotencyViolation);
      expect(await ledger.read(there)).toEqual([]);
    });

    it('twice in one append are refused', async () => {
      const event = anEvent();
      const stream = fresh('thing');
      await expect(setup.ledger.append(stream, [event, event], 'none')).rejects.toBeInstanceOf(IdempotencyViolation);
      expect(await setup.ledger.read(stream)).toEqual([]);
    });

    it('after an append that was refused are a first write', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      const events = someEvents(2);
      await expect(ledger.append(stream, events, 'exists')).rejects.toMatchObject({ name: 'RevisionConflict' });
      expect(await ledger.append(stream, events, 'none')).toMatchObject({ revision: 1, repeated: false });
    });
  });
}
