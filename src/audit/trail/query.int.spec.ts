import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError, Micros, OUTCOMES, RecordedEvent } from '../../core/index.js';
import { definitions, Episode, episode, FIRST, LOGINS, pages, recorded, TrailLab } from '../testing/trail-lab.js';
import { BLOCK } from './blocks.js';
import { AuditFilters } from './filters.js';
import { QueryAuditTrail } from './query.js';

let lab: TrailLab;
beforeEach(() => void (lab = new TrailLab()));
afterEach(() => lab.close());

const time = fc.integer({ min: FIRST - 10, max: FIRST + 900_000 }) as fc.Arbitrary<unknown> as fc.Arbitrary<Micros>;
const optional = <T>(some: fc.Arbitrary<T>) => fc.oneof(fc.constant(undefined), fc.constant(undefined), some);
const anyFilters: fc.Arbitrary<AuditFilters> = fc.record({
  analyst: optional(fc.constantFrom('kim', 'lee', 'idle', 'u-1', 'u-2', 'worker', 'unverified-1')),
  from: optional(time),
  to: optional(time),
  actions: optional(fc.subarray(definitions.map(({ type }) => type))),
  resource: optional(
    fc.constantFrom('run:a', 'run:first', 'run:c', 'experiment:1', 'experiment:quality', 'experiment:2', 'job:j'),
  ),
  outcome: optional(fc.constantFrom(...OUTCOMES)),
  order: fc.constantFrom('asc', 'desc'),
});

/** The filters as their documentation has them, over the events themselves. */
function expected(events: readonly RecordedEvent[], filters: AuditFilters): readonly number[] {
  const { analyst, from = -Infinity, to = Infinity, actions = [], resource, outcome, order } = filters;
  const about = (event: RecordedEvent) => definitions[0]!.resource(event.data);
  const [kind, key] = resource?.split(':') ?? [];
  const ids = new Set(
    events
      .map(about)
      .flatMap((each) => (each.kind === kind && (each.id === key || each.name === key) ? [each.id] : [])),
  ).add(key!);
  const persons = [analyst, LOGINS[analyst ?? '']];
  const positions = events
    .filter(({ actor }) => {
      if (analyst === undefined) return true;
      return (
        persons.includes(actor.id) ||
        (actor.onBehalfOf && persons.includes(actor.onBehalfOf)) ||
        actor.claimedName?.box === analyst
      );
    })
    .filter(({ recordedAt }) => recordedAt >= from && recordedAt < to)
    .filter(({ type }) => actions.length === 0 || actions.includes(type))
    .filter(({ type }) => !outcome || (definitions.find((each) => each.type === type)!.outcome ?? 'ok') === outcome)
    .filter((event) => {
      const { parents = [], ...self } = about(event);
      return resource === undefined || [self, ...parents].some((each) => each.kind === kind && ids.has(each.id));
    })
    .map(({ position }) => position);
  return order === 'asc' ? positions : positions.reverse();
}

const refusal = (error: unknown) => (error instanceof CustodyError ? { code: error.code, field: error.field } : error);

const plain: Episode = {
  type: 'Made',
  actor: { id: 'u-1' as never, kind: 'person', roles: [], via: 'token' },
  resource: { kind: 'run', id: 'a', name: 'first', parents: [{ kind: 'experiment', id: '1' }] },
  reason: undefined,
  times: 1,
  wait: 1000,
  jump: 1,
};

describe('a question to the trail', () => {
  it('is answered as a look at every single event would answer it, for any history, filters and page size', async () => {
    let files = 0;
    const histories = fc.array(episode, { minLength: 1, maxLength: 14 });
    const questions = fc.array(fc.record({ filters: anyFilters, limit: fc.integer({ min: 1, max: 700 }) }), {
      minLength: 4,
      maxLength: 8,
    });
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(histories, questions, async (episodes, asked) => {
        const name = `${++files}.db`;
        lab.events = recorded(episodes);
        await lab.projector(lab.create(name), 1000).catchUp();
        const handler = lab.handler(name);
        for (const { filters, limit } of asked) {
          const found = await pages(handler, filters, limit).catch((error: unknown) => {
            // What the history does not know at all is refused, and may be only that.
            expect(['unknown-analyst', 'unknown-resource']).toContain((error as CustodyError).code);
            return undefined;
          });
          const positions = expected(lab.events, filters);
          if (!found) {
            expect(positions).toEqual([]);
            continue;
          }
          if (positions.length > 0) answered += 1;
          expect(found.flatMap(({ events }) => events.map(({ position }) => position))).toEqual(positions);
          expect(found.slice(0, -1).every(({ events }) => events.length === limit)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
    expect(answered).toBeGreaterThan(10);
  });

  it('tells who, what, when, on what and why', async () => {
    lab.events = recorded([
      {
        ...plain,
        type: 'Refused',
        reason: 'not your turn',
        actor: { ...plain.actor, kind: 'service', onBehalfOf: 'u-2' as never },
      },
    ]);
    await lab.projector(lab.create('a.db'), 10).catchUp();
    const [event] = lab.events;
    const { events, completeTo } = await lab.handler('a.db').execute(new QueryAuditTrail({ order: 'desc' }, 10));
    expect(completeTo).toBe(event!.position);
    expect(events).toEqual([
      {
        position: event!.position,
        eventId: event!.id,
        recordedAt: event!.recordedAt,
        actor: { id: 'u-1', name: 'kim', kind: 'service', via: 'token', verified: true },
        onBehalfOf: { id: 'u-2', name: 'lee' },
        action: 'Refused',
        summary: 'Refused.',
        resource: { kind: 'run', id: 'a', name: 'first' },
        outcome: 'denied',
        reason: 'not your turn',
        stream: 'run-a',
        revision: 0,
        requestId: event!.origin.requestId,
        correlationId: event!.correlationId,
        causationId: event!.causationId,
      },
    ]);
  });

  it('shows the name that a client claimed, and that nobody checked it', async () => {
    const actor = { ...plain.actor, id: 'unverified-1' as never, verified: false as const, via: 'none' as const };
    const claimedName = { subject: 'unverified-1', box: 'Robin' };
    lab.events = recorded([{ ...plain, actor: { ...actor, claimedName } }]);
    await lab.projector(lab.create('a.db'), 10).catchUp();
    const { events } = await lab.handler('a.db').execute(new QueryAuditTrail({ analyst: 'Robin', order: 'desc' }, 10));
    expect(events.map((event) => event.actor)).toEqual([
      { id: 'unverified-1', name: 'Robin', kind: 'person', via: 'none', verified: false },
    ]);
  });
});

describe('a walk page by page', () => {
  it.each(['asc', 'desc'] as const)('is not touched by what is written meanwhile (%s)', async (order) => {
    lab.events = recorded([{ ...plain, times: 3 * BLOCK }]);
    const before = [...lab.events];
    const projector = lab.projector(lab.create('a.db'), 1000);
    await projector.catchUp();
    const other: Episode = { ...plain, resource: { kind: 'experiment', id: '7', name: 'first' }, times: 50 };
    const renamed: Episode = { ...plain, resource: { kind: 'run', id: 'z', name: 'first' }, times: 50 };
    const filters: AuditFilters = { resource: 'run:first', order };
    const found = await pages(lab.handler('a.db'), filters, 100, async () => {
      lab.events = [...lab.events, ...recorded([plain, other, renamed], lab.events)];
      await projector.catchUp();
    });
    expect(found.length).toBe(8);
    expect(found.flatMap(({ events }) => events.map(({ position }) => position))).toEqual(expected(before, filters));
    expect(new Set(found.map(({ completeTo }) => completeTo))).toEqual(new Set([before.at(-1)!.position]));
  });

  it('goes on only with the filters that it began with', async () => {
    lab.events = recorded([{ ...plain, times: 10 }]);
    await lab.projector(lab.create('a.db'), 10).catchUp();
    const handler = lab.handler('a.db');
    const ask = (filters: AuditFilters, token?: string) => handler.execute(new QueryAuditTrail(filters, 3, token));
    const { nextPageToken } = await ask({ analyst: 'kim', actions: ['Made', 'Changed'], order: 'asc' });
    const same = await ask({ analyst: 'kim', actions: ['Changed', 'Made'], order: 'asc' }, nextPageToken);
    expect(same.events).toHaveLength(3);
    for (const others of [
      { analyst: 'kim', actions: ['Made', 'Changed'], order: 'desc' },
      { analyst: 'kim', actions: ['Made'], order: 'asc' },
      { analyst: 'u-1', actions: ['Made', 'Changed'], order: 'asc' },
      { order: 'asc' },
    ] as const) {
      expect(refusal(await ask(others, nextPageToken).catch((error: unknown) => error))).toEqual({
        code: 'page-token-of-other-filters',
        field: 'page_token',
      });
    }
  });
});

describe('a question that makes no sense', () => {
  it.each<[AuditFilters, string | undefined, string, string]>([
    [{ order: 'asc', actions: ['Made', 'RunBegan'] }, undefined, 'unknown-action', 'action'],
    [{ order: 'asc', analyst: 'nobody' }, undefined, 'unknown-analyst', 'analyst'],
    [{ order: 'asc', analyst: 'constructor' }, undefined, 'unknown-analyst', 'analyst'],
    [{ order: 'asc', resource: 'run' }, undefined, 'invalid-resource', 'resource'],
    [{ order: 'asc', resource: ':a' }, undefined, 'invalid-resource', 'resource'],
    [{ order: 'asc', resource: 'run:' }, undefined, 'invalid-resource', 'resource'],
    [{ order: 'asc', resource: "run:' OR 1=1 --" }, undefined, 'unknown-resource', 'resource'],
    [{ order: 'asc', resource: 'job:a' }, undefined, 'unknown-resource', 'resource'],
    [{ order: 'asc' }, 'nonsense', 'invalid-page-token', 'page_token'],
    [{ order: 'asc' }, Buffer.from('1.2.x').toString('base64url'), 'invalid-page-token', 'page_token'],
  ])('%j (page %s) is refused as %s', async (filters, token, code, field) => {
    lab.events = recorded([plain]);
    await lab.projector(lab.create('a.db'), 10).catchUp();
    const asked = lab.handler('a.db').execute(new QueryAuditTrail(filters, 10, token));
    expect(refusal(await asked.catch((error: unknown) => error))).toEqual({ code, field });
  });

  it('about someone who has an account but did nothing has an empty answer', async () => {
    lab.events = recorded([plain]);
    await lab.projector(lab.create('a.db'), 10).catchUp();
    const { events } = await lab.handler('a.db').execute(new QueryAuditTrail({ analyst: 'idle', order: 'asc' }, 10));
    expect(events).toEqual([]);
  });
});
