import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ledger } from '../port/index.js';
import { anEvent, someEvents } from './testing/an-event.js';
import { DoubleStore } from './testing/double-store.js';

/** Short, so that giving up does not take long. */
const IMPATIENT = { callTimeoutMs: 1500, retryForMs: 300 };

describe("the event store's errors become the port's", () => {
  let store: DoubleStore;
  let ledger: Ledger;
  const calls: readonly [string, () => Promise<unknown>][] = [
    ['append', () => ledger.append('thing', [anEvent()], 'any')],
    ['read', () => ledger.read('thing')],
    ['readAll', () => ledger.readAll()],
    ['head', () => ledger.head()],
    ['probe', () => ledger.probe()],
    ['consume', () => ledger.consume('group', { types: ['Job'] })],
    ['parked', () => ledger.parked('group')],
  ];

  beforeEach(async () => {
    store = await DoubleStore.start();
    ledger = await store.open(IMPATIENT);
  });
  afterEach(() => store.dispose());

  it.each(calls)('unavailable for longer than is tried again: %s', async (_name, call) => {
    store.double.faults.unavailableCalls = 10_000;
    await expect(call()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
  });

  it.each(calls)('stopped: %s', async (_name, call) => {
    await store.double.stop();
    await expect(call()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
  });

  it.each(calls)('silent: %s', async (_name, call) => {
    store.double.faults.delayMs = 60_000;
    await expect(call()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
  });

  it.each(calls)('access denied: %s', async (_name, call) => {
    store.double.faults.accessDenied = true;
    await expect(call()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'io' });
  });

  it('a subscription ends with an error when access is denied, and rides out the rest', async () => {
    store.double.faults.accessDenied = true;
    const iterator = ledger.subscribe()[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'io' });
  });

  it('a time-out that the server tells of: append', async () => {
    store.double.faults.timedOutAppends = 10_000;
    const append = ledger.append('thing', [anEvent()], 'none');
    await expect(append).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
  });

  it('a leader that can not be reached', async () => {
    store.double.faults.leader = { host: '127.0.0.1', port: 1 };
    const append = ledger.append('thing', [anEvent()], 'none');
    await expect(append).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
  });

  it("an append beyond the server's own limit", async () => {
    const small = await DoubleStore.start({ limits: { maxAppendBytes: 2000 } });
    try {
      const client = await small.open(IMPATIENT);
      const append = client.append('thing', [anEvent({ data: { text: 'x'.repeat(3000) } })], 'any');
      await expect(append).rejects.toMatchObject({ name: 'EventTooLarge' });
      expect(await client.read('thing')).toEqual([]);
    } finally {
      await small.dispose();
    }
  });

  it('a server that is too old to append in batches', async () => {
    const old = await DoubleStore.start({ batchAppend: false });
    try {
      const append = (await old.open(IMPATIENT)).append('thing', [anEvent()], 'any');
      await expect(append).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'io' });
    } finally {
      await old.dispose();
    }
  });

  it('a stream that somebody has deleted for good: append and read', async () => {
    await ledger.append('thing', someEvents(2), 'none');
    store.double.log.tombstone('thing');
    await expect(ledger.append('thing', [anEvent()], 1)).rejects.toMatchObject({ name: 'LedgerCorrupted' });
    await expect(ledger.read('thing')).rejects.toMatchObject({ name: 'LedgerCorrupted' });
  });

  it('no message tells what the server said or how it is reached', async () => {
    const { host, port } = store.double;
    const secretive = await store.open({
      ...IMPATIENT,
      connectionString: `esdb://admin:s3cret@${host}:${port}?tls=false`,
    });
    expect(secretive.description).toBe(`esdb://${host}:${port}`);
    await store.double.stop();
    const error = await secretive.append('thing', [anEvent()], 'any').catch((reason: Error) => reason);
    expect((error as Error).message).toBe('the event store does not answer');
  });

  it('opening without a server fails instead of waiting for ever', async () => {
    await store.double.stop();
    await expect(store.open(IMPATIENT)).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'unreachable' });
  });
});
