import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordedEvent } from '../../core/index.js';
import { Ledger } from '../port/index.js';
import { openEventStoreLedger } from './index.js';
import { anEvent, ids, someEvents } from './testing/an-event.js';
import { DoubleStore } from './testing/double-store.js';
import { eventually } from './testing/eventually.js';

/** A subscription that keeps what it was given. */
function follow(
  ledger: Ledger,
  signal: AbortSignal,
): { readonly events: RecordedEvent[]; readonly ended: Promise<void> } {
  const events: RecordedEvent[] = [];
  const ended = (async () => {
    for await (const message of ledger.subscribe({ signal }))
      if (message.kind === 'events') events.push(...message.events);
  })();
  return { events, ended };
}

describe('an event store that goes away and comes back', () => {
  let store: DoubleStore;
  let ledger: Ledger;
  let stop: AbortController;
  beforeEach(async () => {
    store = await DoubleStore.start();
    ledger = await store.open({ callTimeoutMs: 2000 });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await store.dispose();
  });

  it.each([1, 5])('unavailable for %i calls: an append and a read succeed afterwards', async (calls) => {
    store.double.faults.unavailableCalls = calls;
    expect(await ledger.append('thing', [anEvent()], 'none')).toMatchObject({ revision: 0, repeated: false });
    store.double.faults.unavailableCalls = calls;
    expect(await ledger.read('thing')).toHaveLength(1);
  });

  it('stopped for a while: what was asked meanwhile succeeds once it is back', async () => {
    await store.double.stop();
    const append = ledger.append('thing', someEvents(2), 'none');
    const read = ledger.readAll();
    await expect(ledger.probe()).rejects.toMatchObject({ name: 'LedgerUnavailable' });
    await store.resume();
    expect(await append).toMatchObject({ revision: 1 });
    expect((await read).length).toBeLessThanOrEqual(2);
    await ledger.probe();
  });

  it('restarted again and again under load: every acknowledged event is there once, in the order of the subscription', async () => {
    const follower = follow(ledger, stop.signal);
    const acknowledged: string[] = [];
    let writing = true;
    const writers = Array.from({ length: 24 }, async (_, writer) => {
      while (writing) {
        const events = someEvents(1 + (writer % 3), { data: { text: 'x'.repeat(2000) } });
        await ledger.append(`stream-${writer % 4}`, events, 'any');
        acknowledged.push(...ids(events));
      }
    });
    for (let round = 0; round < 4; round++) {
      const before = acknowledged.length;
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(before + 100));
      if (round % 2 === 0) await store.restart();
      else store.double.faults.dropConnections();
    }
    writing = false;
    await Promise.all(writers);
    const log: RecordedEvent[] = [];
    for (
      let page = await ledger.readAll();
      page.length > 0;
      page = await ledger.readAll({ from: log.at(-1)!.position })
    ) {
      log.push(...page);
    }
    expect([...ids(log)].sort()).toEqual([...acknowledged].sort());
    await eventually(() => expect(follower.events).toHaveLength(log.length));
    expect(ids(follower.events)).toEqual(ids(log));
  });

  it('connections that break in the middle of a page or a catch-up leave neither gap nor double', async () => {
    const events = someEvents(900);
    await ledger.append('long', events, 'none');
    store.double.faults.dropAfterEvents = 300;
    expect(ids(await ledger.read('long'))).toEqual(ids(events));
    store.double.faults.dropAfterEvents = 500;
    expect(ids(await ledger.readAll())).toEqual(ids(events));
    store.double.faults.dropAfterEvents = 700;
    const follower = follow(ledger, stop.signal);
    await eventually(() => expect(follower.events).toHaveLength(900));
    expect(ids(follower.events)).toEqual(ids(events));
    expect(store.double.faults.dropAfterEvents).toBe(0);
  });

  it('closing the ledger while the server is away ends everything that waits', async () => {
    const follower = follow(ledger, stop.signal);
    await store.double.stop();
    const append = ledger.append('thing', [anEvent()], 'none');
    const refused = expect(append).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'closed' });
    await ledger.close();
    await refused;
    await follower.ended;
  });
});

describe('a cluster', () => {
  it('that elects another leader is followed there: appends, reads, subscription, consumer', async () => {
    const old = await DoubleStore.start();
    const ledger = await old.open();
    const stop = new AbortController();
    const seen = follow(ledger, stop.signal);
    const consumer = await ledger.consume('jobs', { types: ['Job'] });
    const done: string[] = [];
    const consuming = (async () => {
      for await (const delivery of consumer) {
        await delivery.ack();
        done.push(delivery.event.id);
      }
    })();
    const events = [anEvent({ type: 'Job' }), anEvent({ type: 'Job' })] as const;
    await ledger.append('thing', [events[0]], 'none');
    await eventually(() => expect(done).toEqual([events[0].id]));

    const elected = await DoubleStore.start({}, old);
    try {
      old.double.faults.leader = { host: elected.double.host, port: elected.double.port };
      old.double.faults.dropConnections();
      await ledger.append('thing', [events[1]], 0);
      expect(ids(await ledger.read('thing'))).toEqual(ids(events));
      expect(old.double.log.readable('thing')).toHaveLength(1);
      await eventually(() => expect(ids(seen.events)).toEqual(ids(events)));
      await eventually(() => expect(done).toEqual(ids(events)));
      stop.abort();
      await consumer.close();
      await consuming;
    } finally {
      await old.dispose();
      await elected.dispose();
    }
  });

  it('is found through gossip, and found again after discovery has failed for a while', async () => {
    const members = () => [
      { host: '127.0.0.1', port: 1, state: 'follower', alive: true } as const,
      { host: node.double.host, port: node.double.port, state: 'leader', alive: true } as const,
    ];
    const node: DoubleStore = await DoubleStore.start({ members });
    const { host, port } = node.double;
    const ledger = await openEventStoreLedger({
      connectionString: `esdb://${host}:${port},127.0.0.1:1?tls=false&maxDiscoverAttempts=1&discoveryInterval=10`,
    });
    try {
      await ledger.append('thing', [anEvent()], 'none');
      await node.double.stop();
      await expect(ledger.probe()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
      await expect(ledger.probe()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
      const append = ledger.append('thing', [anEvent()], 0);
      await node.resume();
      expect(await append).toMatchObject({ revision: 1 });
    } finally {
      await ledger.close();
      await node.dispose();
    }
  });
});
