import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ledger } from '../port/index.js';
import { someEvents } from './testing/an-event.js';
import { DoubleStore } from './testing/double-store.js';

async function toTheEnd(ledger: Ledger): Promise<number> {
  let count = 0;
  for await (const message of ledger.subscribe()) {
    if (message.kind === 'caught-up') return count;
    count += message.events.length;
  }
  return count;
}

describe('a log that somebody has tampered with on the server', () => {
  let store: DoubleStore;
  let ledger: Ledger;
  const metadata = (stream: string, data: unknown) =>
    store.double.log.writeSystemEvent(`$$${stream}`, '$metadata', data);
  const corrupted = { name: 'LedgerCorrupted' };

  beforeEach(async () => {
    store = await DoubleStore.start();
    ledger = await store.open();
    await ledger.append('thing', someEvents(3), 'none');
  });
  afterEach(() => store.dispose());

  it.each([{ $maxAge: 60 }, { $maxCount: 2 }, { $tb: 2 }])('a stream set to forget, %j, is refused', async (data) => {
    metadata('thing', data);
    await expect(toTheEnd(ledger)).rejects.toMatchObject(corrupted);
    await expect(ledger.readAll()).rejects.toMatchObject(corrupted);
  });

  it('a stream that has lost its first events is not read as if it began later', async () => {
    store.double.log.setTruncateBefore('thing', 2);
    await expect(ledger.read('thing')).rejects.toMatchObject(corrupted);
    expect(await ledger.read('thing', { from: 2 })).toHaveLength(1);
  });

  it('other metadata, and the forgetting of what is not ours, are nobody`s business', async () => {
    metadata('thing', { $acl: { $w: '$admins' } });
    metadata('$persistentsubscription-$all::g-parked', { $tb: 7 });
    expect(await toTheEnd(ledger)).toBe(3);
    expect(await ledger.readAll()).toHaveLength(3);
  });

  it('in a namespace only its own streams matter', async () => {
    const ours = await store.open({ namespace: 'lab1-' });
    await ours.append('thing', someEvents(2), 'none');
    metadata('thing', { $maxCount: 1 });
    expect(await toTheEnd(ours)).toBe(2);
    metadata('lab1-thing', { $maxCount: 1 });
    await expect(toTheEnd(ours)).rejects.toMatchObject(corrupted);
  });

  it('an event that Custody did not write is refused, unless it is outside of the namespace', async () => {
    const event = {
      id: randomUUID(),
      type: 'Foreign',
      isJson: true,
      data: Buffer.from('{}'),
      metadata: Buffer.alloc(0),
    };
    const ours = await store.open({ namespace: 'lab1-' });
    store.double.log.append('other', [event], 'any');
    expect(await toTheEnd(ours)).toBe(0);
    await expect(toTheEnd(ledger)).rejects.toMatchObject(corrupted);
    await expect(ledger.read('other')).rejects.toMatchObject(corrupted);
  });

  it('a consumer group is not quietly used for other event types', async () => {
    const first = await ledger.consume('jobs', { types: ['B', 'A'] });
    await first.close();
    await (await ledger.consume('jobs', { types: ['A', 'B'] })).close();
    await expect(ledger.consume('jobs', { types: ['A', 'B', 'C'] })).rejects.toMatchObject({ name: 'GroupMismatch' });
  });
});
