import { describe, expect, it } from '@jest/globals';
import {
  acknowledge,
  anEvent,
  asRecorded,
  eventually,
  fresh,
  hold,
  ids,
  LedgerFactory,
  someEvents,
  useStore,
  Worker,
} from './harness.js';

export function restarting(factory: LedgerFactory): void {
  describe('a restart in the middle', () => {
    const setup = useStore(factory);

    it('loses nothing that was acknowledged', async () => {
      const stream = fresh('thing');
      const events = someEvents(5);
      const first = await setup.ledger.append(stream, events, 'none');
      await setup.ledger.close();
      await setup.restart();
      const ledger = await setup.open();
      expect(await ledger.read(stream)).toEqual(events.map((event, revision) => asRecorded(event, stream, revision)));
      expect(await ledger.head()).toBe(first.position);
      expect(await ledger.append(stream, events, 'none')).toEqual({ ...first, repeated: true });
      expect(await ledger.append(stream, [anEvent()], 4)).toMatchObject({ revision: 5 });
    });

    it('does not turn the clock or the order of the log back', async () => {
      const { position } = await setup.ledger.append(fresh('thing'), [anEvent()], 'none');
      const [before] = await setup.ledger.readAll({ direction: 'backwards', limit: 1 });
      await setup.restart();
      const ledger = await setup.open();
      const after = await ledger.append(fresh('thing'), [anEvent()], 'none');
      expect(after.position).toBeGreaterThan(position);
      const [last] = await ledger.readAll({ direction: 'backwards', limit: 1 });
      expect(last!.recordedAt).toBeGreaterThanOrEqual(before!.recordedAt);
    });

    it('lets clients that stayed go on: appends, and a subscription without gap or double', async () => {
      const { ledger } = setup;
      const stream = fresh('thing');
      const follower = setup.follow(ledger, { after: await ledger.head() });
      const [before, after] = [someEvents(3), someEvents(3)];
      await ledger.append(stream, before, 'none');
      await eventually(() => expect(follower.events).toHaveLength(3));
      await setup.restart();
      await ledger.append(stream, after, 2);
      await eventually(() => expect(ids(follower.events)).toEqual(ids([...before, ...after])));
    });

    it('a subscription goes on from a checkpoint', async () => {
      const stream = fresh('thing');
      const [before, after] = [someEvents(3), someEvents(3)];
      await setup.ledger.append(stream, before, 'none');
      const checkpoint = await setup.ledger.head();
      await setup.ledger.append(stream, after, 2);
      await setup.ledger.close();
      await setup.restart();
      const follower = setup.follow(await setup.open(), { after: checkpoint });
      await eventually(() => expect(ids(follower.events)).toEqual(ids(after)));
    });

    it('a group goes on: what was acknowledged stays done, what was not is delivered again, what was parked stays parked', async () => {
      const [group, type] = [fresh('group'), fresh('Job')];
      const events = Array.from({ length: 4 }, (_, index) => anEvent({ type, data: { index } }));
      await setup.ledger.append(fresh('job'), events, 'none');
      const first = new Worker(await setup.ledger.consume(group, { types: [type], inFlight: 3 }), hold);
      await eventually(() => expect(first.deliveries).toHaveLength(3));
      await first.deliveries[0]!.ack();
      await first.deliveries[1]!.nack('park', 'broken');
      await eventually(async () => expect(await setup.ledger.parked(group)).toHaveLength(1));
      await setup.ledger.close();
      await setup.restart();

      const ledger = await setup.open();
      const second = new Worker(await ledger.consume(group, { types: [type] }), acknowledge);
      await eventually(() => expect(second.data.map(({ index }) => index).sort()).toEqual([2, 3]));
      expect((await ledger.parked(group)).map(({ event }) => event.data.index)).toEqual([1]);
      await second.close();
    });

    it('a consumer that stayed gets what comes afterwards', async () => {
      const { ledger } = setup;
      const [group, type] = [fresh('group'), fresh('Job')];
      await ledger.append(fresh('job'), [anEvent({ type, data: { index: 0 } })], 'none');
      const worker = new Worker(await ledger.consume(group, { types: [type] }), acknowledge);
      await eventually(() => expect(worker.data).toEqual([{ index: 0 }]));
      await setup.restart();
      await ledger.append(fresh('job'), [anEvent({ type, data: { index: 1 } })], 'none');
      await eventually(() => expect(worker.data).toContainEqual({ index: 1 }));
      await worker.close();
    });
  });
}
