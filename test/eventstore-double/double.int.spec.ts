import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ANY,
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  persistentSubscriptionToAllSettingsFromDefaults,
  STREAM_EXISTS,
} from '@eventstore/db-client';
import { LEASH } from '../support/custody.js';
import { type EventStoreDouble, startDouble } from './server.js';

const anEvent = (id = randomUUID()) => jsonEvent({ id, type: 'Noted', data: { a: 1 }, metadata: { b: 2 } });
/** With credentials of its own an append does not go through the batch call. */
const SINGLY = { credentials: { username: 'u', password: 'p' } };

describe('the double, seen with the unchanged client', () => {
  let directory: string;
  let double: EventStoreDouble;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'custody-double-'));
    double = await startDouble({ file: join(directory, 'log'), limits: { maxAppendBytes: 10_000 } });
    client = EventStoreDBClient.connectionString(double.connectionString);
  });
  afterEach(async () => {
    await client.dispose();
    await double.stop();
    await rm(directory, { recursive: true });
  });

  describe.each([
    ['in batches', {}],
    ['singly', SINGLY],
  ])('appending %s', (_name, how) => {
    const append = (expectedRevision: bigint | typeof ANY | typeof NO_STREAM | typeof STREAM_EXISTS, count = 1) =>
      client.appendToStream(
        'thing',
        Array.from({ length: count }, () => anEvent()),
        { expectedRevision, ...how },
      );

    it('answers the revision, and the log offset at which the write began', async () => {
      expect(await append(NO_STREAM, 2)).toMatchObject({ success: true, nextExpectedRevision: 1n });
      const { position, nextExpectedRevision } = await append(1n, 3);
      const records = double.log.readable('thing')!;
      expect(nextExpectedRevision).toBe(4n);
      expect(position).toEqual({ commit: BigInt(records[2]!.position), prepare: BigInt(records[2]!.position) });
      expect(records.at(-1)!.position).toBeGreaterThan(records[2]!.position);
    });

    it.each([
      [NO_STREAM, 1n],
      [0n, 1n],
      [7n, 1n],
    ] as const)('refuses %p at revision 1', async (expected, actualVersion) => {
      await append(NO_STREAM, 2);
      await expect(append(expected)).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion });
    });

    it.each([STREAM_EXISTS, 0n] as const)('refuses %p when there is no such stream', async (expected) => {
      const type = 'wrong-expected-version';
      await expect(append(expected)).rejects.toMatchObject({ type, actualVersion: 'no_stream' });
    });

    it('knows the same events at the same expected revision', async () => {
      const events = [anEvent(), anEvent()];
      const once = await client.appendToStream('thing', events, { expectedRevision: NO_STREAM, ...how });
      expect(await client.appendToStream('thing', events, { expectedRevision: NO_STREAM, ...how })).toEqual(once);
      expect(await client.appendToStream('thing', events, { expectedRevision: ANY, ...how })).toEqual(once);
      expect(double.log.readable('thing')).toHaveLength(2);
    });

    it('refuses what is too large, deleted or not allowed, and is unavailable, timed out or no leader on demand', async () => {
      const large = jsonEvent({ type: 'Noted', data: { text: 'x'.repeat(11_000) } });
      await expect(client.appendToStream('thing', large, how)).rejects.toMatchObject({
        type: 'maximum-append-size-exceeded',
        maxAppendSize: 10_000,
      });
      await append(NO_STREAM);
      await client.tombstoneStream('thing');
      await expect(append(ANY)).rejects.toMatchObject({ type: 'stream-deleted', streamName: 'thing' });
      double.faults.accessDenied = true;
      await expect(append(ANY)).rejects.toMatchObject({ type: 'access-denied' });
      double.faults.reset();
      double.faults.timedOutAppends = 1;
      await expect(append(ANY)).rejects.toMatchObject({ type: how === SINGLY ? 'timeout' : 'deadline-exceeded' });
      double.faults.unavailableCalls = 1;
      await expect(append(ANY)).rejects.toMatchObject({ code: 14 });
      double.faults.leader = { host: 'elsewhere', port: 7 };
      await expect(client.appendToStream('other', anEvent(), { ...how, requiresLeader: true })).rejects.toMatchObject({
        type: 'not-leader',
        leader: { address: 'elsewhere', port: 7 },
      });
    });
  });

  it('begins with a system event, so that no user event is at position 0', async () => {
    await client.appendToStream('thing', anEvent());
    const all = [];
    for await (const { event } of client.readAll()) all.push(event!);
    expect(all.map(({ streamId }) => streamId[0])).toEqual(['$', 't']);
    expect(all[1]!.position.commit).toBeGreaterThan(0n);
  });

  it('reads streams both ways, and tells in band that one is not there', async () => {
    const events = Array.from({ length: 5 }, () => anEvent());
    await client.appendToStream('thing', events);
    const read = async (options: Parameters<EventStoreDBClient['readStream']>[1]) => {
      const found = [];
      for await (const { event } of client.readStream('thing', options)) found.push(Number(event!.revision));
      return found;
    };
    expect(await read({ fromRevision: 1n, maxCount: 3 })).toEqual([1, 2, 3]);
    expect(await read({ direction: BACKWARDS, fromRevision: END, maxCount: 2 })).toEqual([4, 3]);
    const missing = client.readStream('nothing');
    await expect(missing[Symbol.asyncIterator]().next()).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('has the errors of persistent subscriptions', async () => {
    const settings = persistentSubscriptionToAllSettingsFromDefaults({ startFrom: 'start', maxSubscriberCount: 1 });
    const join = async (group: string) => {
      const subscription = client.subscribeToPersistentSubscriptionToAll(group);
      return Promise.race([
        once(subscription, 'confirmation'),
        once(subscription, 'error').then(([e]) => Promise.reject(e as Error)),
      ]);
    };
    await expect(join('jobs')).rejects.toMatchObject({ type: 'persistent-subscription-does-not-exist' });
    await client.createPersistentSubscriptionToAll('jobs', settings);
    const again = client.createPersistentSubscriptionToAll('jobs', settings);
    await expect(again).rejects.toMatchObject({ type: 'persistent-subscription-exists', groupName: 'jobs' });
    await join('jobs');
    await expect(join('jobs')).rejects.toMatchObject({ type: 'maximum-subscribers-reached' });
    expect((await client.listPersistentSubscriptionsToAll()).map(({ groupName }) => groupName)).toEqual(['jobs']);
    await client.deletePersistentSubscriptionToAll('jobs');
    await expect(client.deletePersistentSubscriptionToAll('jobs')).rejects.toMatchObject({
      type: 'persistent-subscription-does-not-exist',
    });
  });

  it('cuts off a write that was torn by a crash', async () => {
    await client.appendToStream('thing', [anEvent(), anEvent()]);
    await double.stop();
    const file = join(directory, 'log');
    await writeFile(file, (await readFile(file, 'utf8')) + '[["thing",2,"torn', 'utf8');
    double = await startDouble({ file, port: double.port });
    expect(double.log.readable('thing')).toHaveLength(2);
    await double.stop();
    expect(await readFile(file, 'utf8')).not.toContain('torn');
  });
});

describe('the double as a process of its own', () => {
  let directory: string;
  let child: ChildProcess;
  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'custody-double-'))));
  afterEach(async () => {
    child.kill();
    await rm(directory, { recursive: true });
  });

  it('runs under plain Node, tells when it is ready, takes faults over its control interface, and stops on a signal', async () => {
    const main = fileURLToPath(new URL('./main.mjs', import.meta.url));
    const args = [main, '--port', '0', '--file', join(directory, 'log'), '--control', '0'];
    child = spawn(process.execPath, [...LEASH, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const [, url, control] = /^listening on (\S+) control (\S+)/.exec(line.toString())!;
    const client = EventStoreDBClient.connectionString(url!);
    const set = (faults: unknown) => fetch(`${control}/faults`, { method: 'POST', body: JSON.stringify(faults) });
    await client.appendToStream('thing', anEvent());
    expect((await set({ unavailableCalls: 1 })).status).toBe(200);
    await expect(client.appendToStream('thing', anEvent())).rejects.toMatchObject({ code: 14 });
    expect((await set({ nonsense: 1 })).status).toBe(400);
    expect(await (await fetch(`${control}/log`)).json()).toEqual({ events: 2 });
    await client.dispose();
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});
