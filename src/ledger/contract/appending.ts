import { describe, expect, it } from '@jest/globals';
import { EventTooLarge, ExpectedRevision, MAX_EVENT_BYTES, RevisionConflict } from '../port/index.js';
import {
  anEvent,
  asRecorded,
  eventually,
  fresh,
  ids,
  LedgerFactory,
  readAllAfter,
  someEvents,
  useStore,
} from './harness.js';

export function appending(factory: LedgerFactory): void {
  describe('appending', () => {
    const setup = useStore(factory);

    it('answers revision and position of the last event, and records everything as given', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      const events = [
        anEvent(),
        anEvent({ type: 'ThingMoved', schema: 3, reason: undefined, causationId: 'c-1', data: {} }),
      ];
      const result = await ledger.append(stream, events, 'none');
      expect(result).toEqual({ revision: 1, position: expect.any(Number), repeated: false });
      const read = await ledger.read(stream);
      expect(read).toEqual(events.map((event, revision) => asRecorded(event, stream, revision)));
      expect(read[1]!.position).toBe(result.position);
      expect(await ledger.head()).toBe(result.position);
    });

    it.each<[ExpectedRevision]>([['none'], ['any'], [0]])(
      'a stream that does not exist yet, expected %p',
      async (expected) => {
        const { ledger } = setup;
        const stream = fresh('thing');
        const append = ledger.append(stream, someEvents(2), expected);
        if (expected === 0) {
          await expect(append).rejects.toMatchObject({ name: 'RevisionConflict', stream, expected: 0, actual: 'none' });
        } else {
          expect(await append).toMatchObject({ revision: 1 });
        }
      },
    );

    it('a stream that must exist and does not is a conflict', async () => {
      const stream = fresh('thing');
      const append = setup.ledger.append(stream, [anEvent()], 'exists');
      await expect(append).rejects.toBeInstanceOf(RevisionConflict);
      await expect(append).rejects.toMatchObject({ stream, expected: 'exists', actual: 'none' });
      expect(await setup.ledger.read(stream)).toEqual([]);
    });

    it('a stream at revision 2 takes 2, exists and any', async () => {
      const { ledger } = setup;
      for (const expected of [2, 'exists', 'any'] as const) {
        const stream = fresh('thing');
        await ledger.append(stream, someEvents(3), 'none');
        expect(await ledger.append(stream, [anEvent()], expected)).toMatchObject({ revision: 3, repeated: false });
      }
    });

    it('a stream at revision 2 refuses none and any other number, and tells where it is', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      const written = someEvents(3);
      await ledger.append(stream, written, 'none');
      for (const expected of ['none', 0, 1, 3, 1000] as const) {
        const append = ledger.append(stream, someEvents(2), expected);
        await expect(append).rejects.toMatchObject({ name: 'RevisionConflict', stream, expected, actual: 2 });
      }
      expect(ids(await ledger.read(stream))).toEqual(ids(written));
    });

    it('a refused append of several events leaves nothing, neither in its stream nor in the log', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      await ledger.append(stream, [anEvent()], 'none');
      const before = await ledger.head();
      await expect(ledger.append(stream, someEvents(5), 'none')).rejects.toBeInstanceOf(RevisionConflict);
      const tooLarge = anEvent({ data: { text: 'x'.repeat(MAX_EVENT_BYTES) } });
      await expect(ledger.append(stream, [anEvent(), tooLarge], 'any')).rejects.toBeInstanceOf(EventTooLarge);
      expect(await readAllAfter(ledger, before)).toEqual([]);
      expect(await ledger.append(stream, [anEvent()], 0)).toMatchObject({ revision: 1 });
    });

    it('of appends at once that expect the same revision exactly one wins, and the others do not hurt their neighbours', async () => {
      const { ledger } = setup;
      const [contested, calm] = [fresh('contested'), fresh('calm')];
      const attempts = Array.from({ length: 20 }, (_, index) => [
        ledger.append(contested, [anEvent({ data: { index } })], 'none'),
        ledger.append(calm, [anEvent({ data: { index } })], 'any'),
      ]).flat();
      const outcomes = await Promise.allSettled(attempts);
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(lost).toHaveLength(19);
      for (const { reason } of lost) expect(reason).toBeInstanceOf(RevisionConflict);
      expect(await ledger.read(contested)).toHaveLength(1);
      expect((await ledger.read(calm)).map(({ revision }) => revision)).toEqual(
        Array.from({ length: 20 }, (_, index) => index),
      );
    });

    it('recordedAt never decreases along the log', async () => {
      const { ledger } = setup;
      const before = await ledger.head();
      for (let round = 0; round < 10; round++) {
        await Promise.all(Array.from({ length: 5 }, () => ledger.append(fresh('thing'), someEvents(2), 'none')));
      }
      const times = (await readAllAfter(ledger, before)).map(({ recordedAt }) => recordedAt);
      expect(times).toHaveLength(100);
      expect(times.every(Number.isSafeInteger)).toBe(true);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
    });

    it('a probe succeeds while the log can be written, and leaves nothing in it', async () => {
      const before = await setup.ledger.head();
      await setup.ledger.probe();
      expect(await readAllAfter(setup.ledger, before)).toEqual([]);
    });

    it('a closed ledger refuses to work, and its iterations end', async () => {
      const ledger = await setup.open();
      const follower = setup.follow(ledger, { after: await ledger.head() });
      const consumer = await ledger.consume(fresh('group'), { types: [fresh('Type')] });
      const iteration = consumer[Symbol.asyncIterator]().next();
      await eventually(() => expect(follower.caughtUp.length).toBeGreaterThan(0));
      await ledger.close();
      await follower.ended;
      expect(await iteration).toMatchObject({ done: true });
      await expect(ledger.append(fresh('thing'), [anEvent()], 'any')).rejects.toMatchObject({
        name: 'LedgerUnavailable',
        reason: 'closed',
      });
      await expect(ledger.read('thing')).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'closed' });
    });
  });
}
