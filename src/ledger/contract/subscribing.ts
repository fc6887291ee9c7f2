import { describe, expect, it } from '@jest/globals';
import { eventually, fresh, ids, LedgerFactory, readAllAfter, someEvents, useStore } from './harness.js';

export function subscribing(factory: LedgerFactory): void {
  describe('subscribing', () => {
    const setup = useStore(factory);

    it('gives what is there, says when it has caught up, then gives what comes, and says so again', async () => {
      const { ledger } = setup;
      const after = await ledger.head();
      const old = someEvents(5);
      await ledger.append(fresh('thing'), old, 'none');
      const follower = setup.follow(ledger, { after });
      await eventually(() => expect(follower.caughtUp.at(-1)?.after).toBe(5));
      expect(ids(follower.events)).toEqual(ids(old));
      expect(follower.caughtUp.at(-1)!.position).toBeGreaterThanOrEqual(follower.events.at(-1)!.position);

      const told = follower.caughtUp.length;
      const [more, evenMore] = [someEvents(2), someEvents(1)];
      await ledger.append(fresh('thing'), more, 'none');
      await eventually(() => expect(follower.caughtUp.slice(told).some((message) => message.after === 7)).toBe(true));
      await ledger.append(fresh('thing'), evenMore, 'none');
      await eventually(() => expect(follower.caughtUp.at(-1)?.after).toBe(8));
      expect(ids(follower.events)).toEqual(ids([...old, ...more, ...evenMore]));
    });

    it('says at once that it has caught up when there is nothing', async () => {
      const after = await setup.ledger.head();
      const follower = setup.follow(setup.ledger, { after });
      await eventually(() => expect(follower.caughtUp).toHaveLength(1));
      expect(follower.caughtUp[0]!.position).toBeGreaterThanOrEqual(after);
      expect(follower.events).toEqual([]);
    });

    it('starts after any position', async () => {
      const { ledger } = setup;
      const before = await ledger.head();
      await ledger.append(fresh('thing'), someEvents(6), 'none');
      const all = await readAllAfter(ledger, before);
      for (const [index, { position }] of all.entries()) {
        const follower = setup.follow(ledger, { after: position });
        await eventually(() => expect(follower.caughtUp.length).toBeGreaterThan(0));
        expect(ids(follower.events)).toEqual(ids(all.slice(index + 1)));
      }
    });

    it('goes on from the position where it was caught up', async () => {
      const { ledger } = setup;
      await ledger.append(fresh('thing'), someEvents(3), 'none');
      const first = setup.follow(ledger, { after: await ledger.head() });
      await eventually(() => expect(first.caughtUp.length).toBeGreaterThan(0));
      const after = first.caughtUp.at(-1)!.position;
      const events = someEvents(2);
      await ledger.append(fresh('thing'), events, 'none');
      const second = setup.follow(ledger, { after });
      await eventually(() => expect(ids(second.events)).toEqual(ids(events)));
    });

    it('hands out batches no larger than asked, in order, without gap or double', async () => {
      const { ledger } = setup;
      const after = await ledger.head();
      const events = someEvents(50);
      await ledger.append(fresh('thing'), events, 'none');
      const abort = new AbortController();
      const got: string[] = [];
      for await (const message of ledger.subscribe({ after, batch: 7, signal: abort.signal })) {
        if (message.kind === 'caught-up') break;
        expect(message.events.length).toBeLessThanOrEqual(7);
        got.push(...ids(message.events));
      }
      expect(got).toEqual(ids(events));
    });

    it('loses and doubles nothing while others append', async () => {
      const { ledger } = setup;
      const after = await ledger.head();
      const streams = Array.from({ length: 4 }, () => fresh('busy'));
      const write = async (stream: string) => {
        for (let round = 0; round < 40; round++) await ledger.append(stream, someEvents(3), 'any');
      };
      const writing = Promise.all(streams.map(write));
      const follower = setup.follow(ledger, { after, batch: 10 });
      await writing;
      await eventually(() => expect(follower.events).toHaveLength(480));
      expect(ids(follower.events)).toEqual(ids(await readAllAfter(ledger, after)));
    });

    it('ends quietly when its signal aborts, caught up or not', async () => {
      const { ledger } = setup;
      const after = await ledger.head();
      await ledger.append(fresh('thing'), someEvents(20), 'none');
      const aborted = new AbortController();
      aborted.abort();
      for await (const _ of ledger.subscribe({ after, signal: aborted.signal }))
        throw new Error('it should have ended before');

      const abort = new AbortController();
      for await (const message of ledger.subscribe({ after, signal: abort.signal })) {
        if (message.kind === 'caught-up') setImmediate(() => abort.abort());
      }
      expect(abort.signal.aborted).toBe(true);
    });

    it('ends when it is disposed of', async () => {
      const { ledger } = setup;
      const subscription = ledger.subscribe({ after: await ledger.head() });
      const iterator = subscription[Symbol.asyncIterator]();
      expect(await iterator.next()).toMatchObject({ done: false, value: { kind: 'caught-up' } });
      const next = iterator.next();
      await subscription[Symbol.asyncDispose]();
      expect(await next).toMatchObject({ done: true });
    });
  });
}
