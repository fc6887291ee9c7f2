import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Micros, UserId } from '../../core/index.js';
import { DecisionMaker, LedgerUnavailable } from '../../ledger/index.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { DEFAULT_TRAIL } from '../trail-settings.js';
import { Read } from './batch.js';
import { ReadsRecorded } from './events.js';
import { QueryReads, QueryReadsHandler } from './query.js';
import { ReadTrail } from './read-trail.js';

const ADA = 'u-01890a5d-ac96-774b-bcce-b302099a8057' as UserId;
const BOB = 'u-01890a5d-ac96-774b-bcce-b302099a8058' as UserId;
const SECOND = 1_000_000;

const run = (id: string, more: Partial<Read> = {}): Read => ({
  action: 'run:read',
  route: '/api/2.0/mlflow/runs/get',
  things: [{ kind: 'run', id }],
  ...more,
});

describe('the trail of reads', () => {
  let lab: IdentityLab;
  let trail: ReadTrail;
  beforeEach(async () => {
    lab = await IdentityLab.start();
    trail = trailWith(60_000);
  });
  afterEach(() => lab.stop());

  const trailWith = (readsMs: number) =>
    new ReadTrail(lab.app.get(DecisionMaker), lab.keystore, { ...DEFAULT_TRAIL, readsMs });
  const recorded = async () =>
    (await lab.events('ReadsRecorded')).map(({ data, ...event }) => ({
      ...event,
      data: data as unknown as ReadsRecorded['data'],
    }));

  it('is one event a reader, however many reads there were, with how often and when first and last', async () => {
    const start = lab.clock.now();
    for (const id of ['a', 'a', 'b', 'a']) {
      trail.note(lab.as(ADA), run(id));
      lab.clock.advance(SECOND);
    }
    trail.note(lab.as(BOB), run('b'));
    expect(await recorded()).toEqual([]);
    await trail.flush();
    const [ada, bob, ...more] = await recorded();
    expect(more).toEqual([]);
    expect(ada?.actor.id).toBe(ADA);
    expect(ada?.data).toMatchObject({ count: 4, first: start, last: start + 3 * SECOND });
    expect(ada?.data.reads).toMatchObject([
      { kind: 'run', id: 'a', count: 3, first: start, last: start + 3 * SECOND },
      { kind: 'run', id: 'b', count: 1 },
    ]);
    expect(bob?.actor.id).toBe(BOB);
    expect(ada?.stream).toBe('reads-2026-01-05');
  });

  it('keeps of a question its keyed digest and its fields, and adds up the rows', async () => {
    const question = { text: "filter: attributes.user = 'kim'", fields: ['filter'] };
    for (const rows of [100, 20]) trail.note(lab.as(ADA), run('a', { things: [{ kind: 'run' }], question, rows }));
    await trail.flush();
    const [event] = await recorded();
    expect(JSON.stringify(event)).not.toContain('kim');
    expect(event?.data.reads).toMatchObject([{ fields: ['filter'], count: 2, rows: 120 }]);
    expect(event?.data.reads[0]?.query).toBe(lab.keystore.lookupDigest(`query:${question.text}`));
  });

  it('closes a batch that is full and goes on with another, so that no event grows without bound', async () => {
    for (let i = 0; i < 1300; i++) trail.note(lab.as(ADA), run(`r${i}`));
    await trail.flush();
    const sizes = (await recorded()).map(({ data }) => data.reads.length);
    expect(sizes).toEqual([500, 500, 300]);
  });

  it('writes whatever text a client sends, cut to what can exist', async () => {
    trail.note(lab.as(ADA), run(`${'x'.repeat(499)}😀`, { things: [{ kind: 'run', id: `${'x'.repeat(499)}😀` }] }));
    trail.note(lab.as(ADA), run('\ud800'));
    await trail.flush();
    const ids = (await recorded()).flatMap(({ data }) => data.reads.map(({ id }) => id));
    expect(ids.map((id) => [id?.length, id?.isWellFormed()])).toEqual([
      [500, true],
      [1, true],
    ]);
  });

  describe('while the log can’t be written', () => {
    const broken = () => Promise.reject(new LedgerUnavailable('disk full', 'disk-full'));
    const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

    it('lets reads go on for a while, refuses them then, and loses none', async () => {
      trail = trailWith(1);
      const append = lab.ledger.append;
      lab.ledger.append = broken;
      trail.note(lab.as(ADA), run('a'));
      await expect(trail.flush()).rejects.toThrow('disk full');
      await wait(5);
      expect(() => trail.assertRecordable()).toThrow(
        expect.objectContaining({ kind: 'unavailable', code: 'trail-unavailable' }),
      );
      lab.ledger.append = append;
      await trail.flush();
      expect(() => trail.assertRecordable()).not.toThrow();
      expect((await recorded()).map(({ data }) => data.count)).toEqual([1]);
    });

    it('refuses reads when too many wait, however short', async () => {
      const append = lab.ledger.append;
      lab.ledger.append = broken;
      for (let i = 0; i < 20_000; i++) trail.note(lab.as(ADA), run(`r${i}`));
      expect(() => trail.assertRecordable()).toThrow(expect.objectContaining({ kind: 'unavailable' }));
      lab.ledger.append = append;
      await trail.flush();
      expect(() => trail.assertRecordable()).not.toThrow();
      expect((await recorded()).reduce((sum, { data }) => sum + data.count, 0)).toBe(20_000);
    });

    it('writes a batch once, also when only the answer was lost', async () => {
      const append = lab.ledger.append.bind(lab.ledger);
      lab.ledger.append = async (...given) => {
        await append(...given);
        throw new LedgerUnavailable('gone', 'unreachable');
      };
      trail.note(lab.as(ADA), run('a'));
      await expect(trail.flush()).rejects.toThrow('gone');
      lab.ledger.append = append;
      await trail.flush();
      expect((await recorded()).map(({ data }) => data.count)).toEqual([1]);
    });
  });

  it('writes what is left when the server ends', async () => {
    trail.note(lab.as(ADA), run('a'));
    await trail.onApplicationShutdown();
    expect(await recorded()).toHaveLength(1);
  });

  describe('asked who read what', () => {
    let ada: UserId;
    const ask = (filters: QueryReads['filters'], limit = 100, token?: string) =>
      lab.app.get(QueryReadsHandler).execute(new QueryReads(filters, limit, token));
    beforeEach(async () => {
      ada = await lab.person('ada', 'a long enough password', 'viewer');
      trail.note(lab.as(ada), run('a'));
      await trail.flush();
      lab.clock.advance(60 * SECOND);
      trail.note(lab.as(BOB), run('a'));
      trail.note(lab.as(ada), run('b'));
      await trail.flush();
      await lab.catchUp();
    });
    const told = async (filters: QueryReads['filters']) =>
      (await ask(filters)).reads.map(({ actor_id, name, id }) => [name ?? actor_id, id]);

    it('answers by actor, by thing and by time, the latest first', async () => {
      expect(await told({})).toEqual([
        ['ada', 'b'],
        [BOB, 'a'],
        ['ada', 'a'],
      ]);
      expect(await told({ actor: 'ada' })).toEqual([
        ['ada', 'b'],
        ['ada', 'a'],
      ]);
      expect(await told({ actor: BOB })).toEqual([[BOB, 'a']]);
      expect(await told({ kind: 'run', id: 'a' })).toEqual([
        [BOB, 'a'],
        ['ada', 'a'],
      ]);
      const minuteAgo = (lab.clock.now() - 30 * SECOND) as Micros;
      expect(await told({ to: minuteAgo })).toEqual([['ada', 'a']]);
      expect(await told({ from: minuteAgo, kind: 'run', id: 'a' })).toEqual([[BOB, 'a']]);
    });

    it('page by page, and refuses a token of other filters and a person nobody knows', async () => {
      const first = await ask({ kind: 'run' }, 2);
      expect(first.reads).toHaveLength(2);
      const second = await ask({ kind: 'run' }, 2, first.nextPageToken);
      expect(second.reads.map(({ id }) => id)).toEqual(['a']);
      expect(second.nextPageToken).toBeUndefined();
      await expect(ask({ kind: 'model' }, 2, first.nextPageToken)).rejects.toMatchObject({ field: 'page_token' });
      await expect(ask({ actor: 'nobody' })).rejects.toMatchObject({ code: 'unknown-actor', field: 'actor' });
    });
  });
});
