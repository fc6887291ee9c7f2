import { describe, expect, it } from '@jest/globals';
import {
  acknowledge,
  anEvent,
  eventually,
  fresh,
  hold,
  LedgerFactory,
  someEvents,
  useStore,
  Worker,
} from './harness.js';

const indexes = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
const byIndex = (a: { index?: unknown }, b: { index?: unknown }) => Number(a.index) - Number(b.index);

export function consuming(factory: LedgerFactory): void {
  describe('competing consumers', () => {
    const setup = useStore(factory);
    const aGroup = () => ({ group: fresh('group'), type: fresh('Job') });

    it('a consumer gets the events of its types in order, old and new, and none again once acknowledged', async () => {
      const { ledger } = setup;
      const { group, type } = aGroup();
      const append = (index: number) =>
        ledger.append(fresh('job'), [anEvent(), anEvent({ type, data: { index } })], 'none');
      for (const index of [0, 1, 2]) await append(index);
      const first = new Worker(await ledger.consume(group, { types: [type] }), acknowledge);
      await eventually(() => expect(first.data).toEqual(indexes(3)));
      await append(3);
      await eventually(() => expect(first.data).toEqual(indexes(4)));
      expect(first.deliveries.every(({ retries, event }) => retries === 0 && event.type === type)).toBe(true);
      await first.close();

      await append(4);
      const second = new Worker(await ledger.consume(group, { types: [type] }), acknowledge);
      await eventually(() => expect(second.data).toEqual([{ index: 4 }]));
      await second.close();
    });

    it('a delivery carries the event as the log has it', async () => {
      const { ledger } = setup;
      const { group, type } = aGroup();
      const stream = fresh('job');
      await ledger.append(stream, someEvents(2, { type }), 'none');
      const worker = new Worker(await ledger.consume(group, { types: [type] }), acknowledge);
      await eventually(() => expect(worker.deliveries).toHaveLength(2));
      expect(worker.deliveries.map(({ event }) => event)).toEqual(await ledger.read(stream));
      await worker.close();
    });

    it('several types go to one group, and groups do not take from each other', async () => {
      const { ledger } = setup;
      const { group, type } = aGroup();
      const types = [type, `${type}Again`];
      for (const [index, of] of [...types, type].entries())
        await ledger.append(fresh('job'), [anEvent({ type: of, data: { index } })], 'none');
      const both = new Worker(await ledger.consume(group, { types }), acknowledge);
      const one = new Worker(await ledger.consume(`${group}-one`, { types: [type] }), acknowledge);
      await eventually(() => expect(both.data).toEqual(indexes(3)));
      await eventually(() => expect(one.data).toEqual([{ index: 0 }, { index: 2 }]));
      await Promise.all([both.close(), one.close()]);
    });

    it('a group that starts at the end skips what was there, once', async () => {
      const { ledger } = setup;
      const { group, type } = aGroup();
      const append = (index: number) => ledger.append(fresh('job'), [anEvent({ type, data: { index } })], 'none');
      await append(0);
      const consumer = await ledger.consume(group, { types: [type], startFrom: 'end' });
      await append(1);
      const first = new Worker(consumer, acknowledge);
      await eventually(() => expect(first.data).toEqual([{ index: 1 }]));
      await first.close();
      await append(2);
      const second = new Worker(await ledger.consume(group, { types: [type], startFrom: 'end' }), acknowledge);
      await eventually(() => expect(second.data).toEqual([{ index: 2 }]));
      await second.close();
    });

    it('two consumers in two clients share the work: each event to one of them', async () => {
      const other = await setup.open();
      const { group, type } = aGroup();
      await setup.ledger.append(
        fresh('job'),
        someEvents(40, { type }).map((event, index) => ({ ...event, data: { index } })),
        'none',
      );
      let bothAtWork: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (bothAtWork = resolve));
      const handle = async (delivery: Parameters<typeof acknowledge>[0]) => {
        await gate;
        await delivery.ack();
      };
      const [a, b] = [
        new Worker(await setup.ledger.consume(group, { types: [type] }), handle),
        new Worker(await other.consume(group, { types: [type] }), handle),
      ];
      await eventually(() => expect([a.deliveries.length, b.deliveries.length]).toEqual([1, 1]));
      bothAtWork();
      await eventually(() => expect([...a.data, ...b.data].sort(byIndex)).toEqual(indexes(40)));
      await Promise.all([a.close(), b.close()]);
    });

    it('a consumer holds as many deliveries as it asked for, not more', async () => {
      const { ledger } = setup;
      const { group, type } = aGroup();
      await ledger.append(
        fresh('job'),
        indexes(8).map((data) => anEvent({ type, data })),
        'none',
      );
      const worker = new Worker(await ledger.consume(group, { types: [type], inFlight: 3 }), hold);
      await eventually(() => expect(worker.data).toEqual(indexes(3)));
      // The next one comes when one is done with, and it alone.
      await worker.deliveries[0]!.ack();
      await eventually(() => expect(worker.data).toEqual(indexes(4)));
      await worker.close();
    });

    it('a delivery that is refused for a retry comes again, counted', async () => {
      const { ledger } = setup;
      const { group, type } = aGroup();
      await ledger.append(fresh('job'), [anEvent({ type, data: { index: 0 } })], 'none');
      const consumer = await ledger.consume(group, { types: [type] });
      const worker = new Worker(consumer, (delivery) =>
        delivery.retries < 3 ? delivery.nack('retry', 'not yet') : delivery.ack(),
      );
      await eventually(() => expect(worker.deliveries.map(({ retries }) => retries)).toEqual([0, 1, 2, 3]));
      await ledger.append(fresh('job'), [anEvent({ type, data: { index: 1 } })], 'none');
      await eventually(() => expect(worker.data.at(-1)).toEqual({ index: 1 }));
      expect(await ledger.parked(group)).toEqual([]);
      await worker.close();
    });

    it('an ordered group goes on only when what was handed out is done with, whoever has it', async () => {
      const other = await setup.open();
      const { group, type } = aGroup();
      const options = { types: [type], ordered: true, inFlight: 5 };
      await setup.ledger.append(
        fresh('job'),
        indexes(4).map((data) => anEvent({ type, data })),
        'none',
      );
      const first = new Worker(await setup.ledger.consume(group, options), hold);
      await eventually(() => expect(first.data).toEqual([{ index: 0 }]));
      const second = new Worker(await other.consume(group, options), acknowledge);
      await first.deliveries[0]!.ack();
      await eventually(() => expect([...first.data, ...second.data]).toHaveLength(2));
      await first.close();
      await eventually(() => expect(second.data.at(-1)).toEqual({ index: 3 }));
      expect(second.data).toEqual(indexes(4).slice(4 - second.data.length));
      await second.close();
    });

    it('in an ordered group what is refused for a retry comes before what is after it in the log', async () => {
      const { ledger } = setup;
      const { group, type } = aGroup();
      await ledger.append(
        fresh('job'),
        indexes(3).map((data) => anEvent({ type, data })),
        'none',
      );
      const worker = new Worker(await ledger.consume(group, { types: [type], ordered: true }), (delivery) =>
        delivery.retries < 2 ? delivery.nack('retry', 'not yet') : delivery.ack(),
      );
      await eventually(() => expect(worker.deliveries).toHaveLength(9));
      expect(worker.data.map(({ index }) => index)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
      await worker.close();
    });

    it('closing a consumer gives back what it had not acknowledged', async () => {
      const other = await setup.open();
      const { group, type } = aGroup();
      await setup.ledger.append(
        fresh('job'),
        indexes(3).map((data) => anEvent({ type, data })),
        'none',
      );
      const first = new Worker(await setup.ledger.consume(group, { types: [type], inFlight: 3 }), hold);
      await eventually(() => expect(first.data).toEqual(indexes(3)));
      await first.deliveries[1]!.ack();
      await first.close();
      const second = new Worker(await other.consume(group, { types: [type] }), acknowledge);
      await eventually(() => expect([...second.data].sort(byIndex)).toEqual([{ index: 0 }, { index: 2 }]));
      await second.close();
    });

    it('closing a client gives back what its consumers had not acknowledged', async () => {
      const other = await setup.open();
      const { group, type } = aGroup();
      await setup.ledger.append(fresh('job'), [anEvent({ type, data: { index: 0 } })], 'none');
      const first = new Worker(await other.consume(group, { types: [type] }), hold);
      await eventually(() => expect(first.deliveries).toHaveLength(1));
      await other.close();
      await first.ended;
      const second = new Worker(await setup.ledger.consume(group, { types: [type] }), acknowledge);
      await eventually(() => expect(second.data).toEqual([{ index: 0 }]));
      await second.close();
    });

    it('a delivery that nobody answers in time goes to another consumer', async () => {
      const other = await setup.open();
      const { group, type } = aGroup();
      const options = { types: [type], ackTimeoutMs: 200 };
      await setup.ledger.append(fresh('job'), [anEvent({ type, data: { index: 0 } })], 'none');
      const stuck = new Worker(await setup.ledger.consume(group, options), () => new Promise<void>(() => undefined));
      await eventually(() => expect(stuck.deliveries).toHaveLength(1));
      const quick = new Worker(await other.consume(group, options), acknowledge);
      await eventually(() => expect(quick.data).toEqual([{ index: 0 }]));
      expect(quick.deliveries[0]!.retries).toBeGreaterThan(0);
      await quick.close();
    });
  });
}
