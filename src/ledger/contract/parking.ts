import { describe, expect, it } from '@jest/globals';
import { acknowledge, anEvent, eventually, fresh, LedgerFactory, useStore, Worker } from './harness.js';

export function parking(factory: LedgerFactory): void {
  describe('parking', () => {
    const setup = useStore(factory);
    const aGroup = async (count: number) => {
      const [group, type, stream] = [fresh('group'), fresh('Job'), fresh('job')];
      await setup.ledger.append(
        stream,
        Array.from({ length: count }, (_, index) => anEvent({ type, data: { index } })),
        'none',
      );
      return { group, type, stream };
    };
    const parkedIndexes = async (group: string) =>
      (await setup.ledger.parked(group)).map(({ event }) => event.data.index);

    it('an event that fails too often is parked with a reason, and the group goes on', async () => {
      const { ledger } = setup;
      const { group, type, stream } = await aGroup(2);
      const consumer = await ledger.consume(group, { types: [type], maxRetries: 2 });
      const worker = new Worker(consumer, (delivery) =>
        delivery.event.data.index === 0 ? delivery.nack('retry', 'bad data') : delivery.ack(),
      );
      await eventually(async () => expect(await parkedIndexes(group)).toEqual([0]));
      await eventually(() => expect(worker.data).toContainEqual({ index: 1 }));
      const tries = worker.deliveries.filter(({ event }) => event.data.index === 0).map(({ retries }) => retries);
      expect(tries).toEqual([0, 1, 2]);
      const [parked] = await ledger.parked(group);
      expect(parked!.reason).not.toBe('');
      expect(parked!.event).toEqual((await ledger.read(stream))[0]);
      await worker.close();
    });

    it('an event that is given up at once is parked with the reason given', async () => {
      const { ledger } = setup;
      const { group, type } = await aGroup(3);
      const worker = new Worker(await ledger.consume(group, { types: [type] }), (delivery) =>
        delivery.event.data.index === 1
          ? delivery.ack()
          : delivery.nack('park', `no use: ${Number(delivery.event.data.index)} 🧪`),
      );
      await eventually(async () => expect(await parkedIndexes(group)).toEqual([0, 2]));
      const reasons = (await ledger.parked(group)).map(({ reason }) => reason);
      expect(reasons).toEqual([expect.stringContaining('no use: 0 🧪'), expect.stringContaining('no use: 2 🧪')]);
      await worker.close();
    });

    it('replaying delivers what was parked again, and it is parked no more', async () => {
      const { ledger } = setup;
      const { group, type } = await aGroup(3);
      const options = { types: [type], maxRetries: 1 };
      const failing = new Worker(await ledger.consume(group, options), (delivery) => delivery.nack('park', 'broken'));
      await eventually(async () => expect(await parkedIndexes(group)).toEqual([0, 1, 2]));
      await failing.close();

      const repaired = new Worker(await ledger.consume(group, options), acknowledge);
      expect(await ledger.replayParked(group)).toBe(3);
      await eventually(() => expect(repaired.data.map(({ index }) => index).sort()).toEqual([0, 1, 2]));
      await eventually(async () => expect(await parkedIndexes(group)).toEqual([]));
      await repaired.close();
    });

    it('a replayed event can be parked again', async () => {
      const { ledger } = setup;
      const { group, type } = await aGroup(1);
      const worker = new Worker(await ledger.consume(group, { types: [type] }), (delivery) =>
        delivery.nack('park', 'still broken'),
      );
      await eventually(async () => expect(await parkedIndexes(group)).toEqual([0]));
      expect(await ledger.replayParked(group)).toBe(1);
      await eventually(() => expect(worker.deliveries).toHaveLength(2));
      await eventually(async () => expect(await parkedIndexes(group)).toEqual([0]));
      await worker.close();
    });

    it('a group where nothing is parked, and one that nobody has made, have nothing to replay', async () => {
      const { group, type } = await aGroup(1);
      const worker = new Worker(await setup.ledger.consume(group, { types: [type] }), acknowledge);
      await eventually(() => expect(worker.deliveries).toHaveLength(1));
      for (const name of [group, fresh('nobody')]) {
        expect(await setup.ledger.parked(name)).toEqual([]);
        expect(await setup.ledger.replayParked(name)).toBe(0);
      }
      await worker.close();
    });
  });
}
