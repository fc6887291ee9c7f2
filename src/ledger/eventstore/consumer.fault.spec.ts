import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Consumer, Delivery, Ledger } from '../port/index.js';
import { anEvent } from './testing/an-event.js';
import { DoubleStore } from './testing/double-store.js';
import { eventually } from './testing/eventually.js';

const GROUP = 'jobs';
const jobs = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => anEvent({ type: 'Job', data: { index: from + index } }));

/** A consumer that works on a delivery until it is told that it is done. */
class Workshop {
  readonly deliveries: Delivery[] = [];
  readonly ended: Promise<void>;
  constructor(
    readonly consumer: Consumer,
    private readonly done: (delivery: Delivery) => Promise<void>,
  ) {
    this.ended = this.run();
  }
  get indexes(): readonly unknown[] {
    return this.deliveries.map(({ event }) => event.data['index']);
  }
  async close(): Promise<void> {
    await this.consumer.close();
    await this.ended;
  }
  private async run(): Promise<void> {
    for await (const delivery of this.consumer) {
      this.deliveries.push(delivery);
      await this.done(delivery);
    }
  }
}

describe('a consumer whose connection breaks', () => {
  let store: DoubleStore;
  let ledger: Ledger;
  const consume = (client: Ledger, inFlight = 1) => client.consume(GROUP, { types: ['Job'], inFlight });
  /** Breaks the connection; resolves once the consumer is back. */
  const breaks: readonly [string, () => Promise<void>][] = [
    ['dropped', async () => store.double.faults.dropConnections()],
    ['server restarted', () => store.restart()],
  ];
  beforeEach(async () => {
    store = await DoubleStore.start();
    ledger = await store.open();
  });
  afterEach(() => store.dispose());

  it.each(breaks)('%s: goes on, and nothing is lost or worked on twice', async (_name, broken) => {
    const workshop = new Workshop(await consume(ledger), (delivery) => delivery.ack());
    await ledger.append('job', jobs(0, 3), 'none');
    await eventually(() => expect(workshop.indexes).toEqual([0, 1, 2]));
    await broken();
    await ledger.append('job', jobs(3, 3), 2);
    await eventually(() => expect(workshop.indexes).toEqual([0, 1, 2, 3, 4, 5]));
    await workshop.close();
  });

  it.each(breaks)('%s in the middle of a job: the job is not begun again here', async (_name, broken) => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const workshop = new Workshop(await consume(ledger), async (delivery) => {
      if (delivery.event.data['index'] === 0) await finished;
      await delivery.ack();
    });
    await ledger.append('job', jobs(0, 2), 'none');
    await eventually(() => expect(workshop.indexes).toEqual([0]));
    await broken();
    await ledger.append('job', jobs(2, 1), 1);
    finish();
    await eventually(() => expect(workshop.indexes).toEqual([0, 1, 2]));
    await workshop.close();
    const next = new Workshop(await consume(ledger), (delivery) => delivery.ack());
    await ledger.append('job', jobs(3, 1), 2);
    await eventually(() => expect(next.indexes).toEqual([3]));
    await next.close();
  });

  it('what is acknowledged while the server is away is not delivered again when it is back', async () => {
    const workshop = new Workshop(await consume(ledger, 2), async () => undefined);
    await ledger.append('job', jobs(0, 2), 'none');
    await eventually(() => expect(workshop.indexes).toEqual([0, 1]));
    await store.double.stop();
    await workshop.deliveries[0]!.ack();
    await workshop.deliveries[1]!.nack('park', 'no use');
    await store.resume();
    await eventually(async () => expect(await ledger.parked(GROUP)).toMatchObject([{ reason: 'no use' }]));
    await ledger.append('job', jobs(2, 1), 1);
    await eventually(() => expect(workshop.indexes).toEqual([0, 1, 2]));
    await workshop.close();
  });

  it('a delivery that the server sends twice is handed out once', async () => {
    store.double.faults.duplicateDeliveries = 5;
    const workshop = new Workshop(await consume(ledger), (delivery) => delivery.ack());
    await ledger.append('job', jobs(0, 5), 'none');
    await eventually(() => expect(workshop.indexes).toEqual([0, 1, 2, 3, 4]));
    await ledger.append('job', jobs(5, 1), 4);
    await eventually(() => expect(workshop.indexes).toEqual([0, 1, 2, 3, 4, 5]));
    expect(store.double.faults.duplicateDeliveries).toBe(0);
    await workshop.close();
  });

  it('dropped because the limits of the group are changed: goes on', async () => {
    const workshop = new Workshop(await consume(ledger), (delivery) => delivery.ack());
    await ledger.append('job', jobs(0, 1), 'none');
    await eventually(() => expect(workshop.indexes).toEqual([0]));
    const other = await store.open();
    const second = await other.consume(GROUP, { types: ['Job'], maxRetries: 3 });
    await second.close();
    await ledger.append('job', jobs(1, 1), 0);
    await eventually(() => expect(workshop.indexes).toEqual([0, 1]));
    await workshop.close();
  });
});
