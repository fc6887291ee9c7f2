import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LostAnswer } from '../../../test/eventstore-double/faults.js';
import { derivedId, EventId } from '../../core/index.js';
import { ExpectedRevision, Ledger } from '../port/index.js';
import { anEvent, ids, someEvents } from './testing/an-event.js';
import { DoubleStore } from './testing/double-store.js';

const LOSSES: readonly LostAnswer[] = ['unavailable', 'timeout', 'connection', 'silence'];
const EXPECTATIONS: readonly ExpectedRevision[] = ['any', 'exists', 'none', 1];

describe('an append of which the answer is lost', () => {
  let store: DoubleStore;
  let ledger: Ledger;
  beforeEach(async () => {
    store = await DoubleStore.start();
    ledger = await store.open({ callTimeoutMs: 1500 });
  });
  afterEach(() => store.dispose());

  const table = LOSSES.flatMap((loss) =>
    EXPECTATIONS.flatMap((expected) => [1, 3].map((count) => [loss, expected, count] as const)),
  );

  it.each(table)('%s after it took effect, expected %p, %i events: is one write', async (loss, expected, count) => {
    const past = expected === 'none' ? [] : someEvents(2);
    if (past.length > 0) await ledger.append('thing', past, 'none');
    const events = someEvents(count);
    Object.assign(store.double.faults, { lostAnswers: 1, lostAnswerAs: loss });
    const result = await ledger.append('thing', events, expected);
    expect(store.double.faults.lostAnswers).toBe(0);
    const read = await ledger.read('thing');
    expect(ids(read)).toEqual(ids([...past, ...events]));
    expect(result).toEqual({ revision: read.length - 1, position: read.at(-1)!.position, repeated: false });
    expect(await ledger.append('thing', events, expected)).toEqual({ ...result, repeated: true });
  });

  it.each(EXPECTATIONS)('and before it took effect, expected %p: is one write', async (expected) => {
    const past = expected === 'none' ? [] : someEvents(2);
    if (past.length > 0) await ledger.append('thing', past, 'none');
    store.double.faults.timedOutAppends = 3;
    const events = someEvents(2);
    expect(await ledger.append('thing', events, expected)).toMatchObject({ repeated: false });
    expect(ids(await ledger.read('thing'))).toEqual(ids([...past, ...events]));
  });

  it.each(LOSSES)('%s, while many write to the same stream: each event once', async (loss) => {
    Object.assign(store.double.faults, { lostAnswers: 6, lostAnswerAs: loss });
    const appends = Array.from({ length: 24 }, (_, index) => someEvents(1 + (index % 2)));
    const results = await Promise.all(appends.map((events) => ledger.append('busy', events, 'any')));
    const read = await ledger.read('busy');
    expect([...ids(read)].sort()).toEqual([...ids(appends.flat())].sort());
    for (const [index, { revision, position, repeated }] of results.entries()) {
      expect(repeated).toBe(false);
      expect(read[revision]).toMatchObject({ id: appends[index]!.at(-1)!.id, position });
    }
  });

  it('and then loses the race for the stream: is a conflict only when it was not written', async () => {
    const other = await store.open();
    await ledger.append('thing', [anEvent()], 'none');
    store.double.faults.timedOutAppends = 1;
    const attempt = ledger.append('thing', [anEvent()], 0);
    const rival = other.append('thing', [anEvent()], 0);
    const [ours, theirs] = await Promise.allSettled([attempt, rival]);
    expect([ours.status, theirs.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect(await ledger.read('thing')).toHaveLength(2);
  });
});

describe('derived event ids, sent again long afterwards', () => {
  let store: DoubleStore;
  beforeEach(async () => void (store = await DoubleStore.start()));
  afterEach(() => store.dispose());

  it.each<[ExpectedRevision]>([['any'], ['exists'], ['none'], [1201]])(
    'by another process, after a restart in which the server forgot them, expected %p: are one write',
    async (expected) => {
      const derived = [1, 2].map((step) => anEvent({ id: derivedId('job-7', step) as EventId }));
      const first = await store.open();
      const result = await first.append('run', derived, 'none');
      for (let at = 0; at < 1200; at += 400) await first.append('run', someEvents(400), 'any');
      await first.close();
      await store.restart();
      const second = await store.open();
      expect(await second.append('run', derived, expected)).toEqual({ ...result, repeated: true });
      expect(await second.append('run', [anEvent({ id: derivedId('job-7', 3) as EventId })], 'any')).toMatchObject({
        revision: 1202,
        repeated: false,
      });
      await expect(second.append('run', [...derived].reverse(), expected)).rejects.toMatchObject({
        name: 'IdempotencyViolation',
      });
    },
  );

  it('by two processes at the same time: one of them wrote', async () => {
    const [a, b] = [await store.open(), await store.open()];
    for (let round = 0; round < 20; round++) {
      const event = anEvent({ id: derivedId('job-8', round) as EventId });
      const results = await Promise.all([a, b].map((ledger) => ledger.append('run', [event], 'any')));
      expect(results.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
    }
    expect(await a.read('run')).toHaveLength(20);
  });
});
