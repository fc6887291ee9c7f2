import { describe, expect, it } from '@jest/globals';
import { ExperimentId, RunId, Sealed } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { metricsStream, runDecider, runStream } from './decide.js';
import { Param, RunEvent, RunStatus, RunTag } from './events.js';

const { given } = specFor(runDecider);
const base = { runId: '5f2c7e1b9a8d4c3e8b7a6f5e4d3c2b1a' as RunId, experimentId: '1' as ExperimentId };
const startTime = 1_767_603_600_000;
const start = { type: 'start' as const, ...base, name: 'baseline', startTime, tags: [] as readonly RunTag[] };
const nameTag = (value: string) => ({ key: 'mlflow.runName', value });
const started: RunEvent = {
  type: 'RunStarted',
  data: { ...base, name: 'baseline', startTime, tags: [nameTag('baseline')] },
};
const deleted: RunEvent = { type: 'RunDeleted', data: base };
const restored: RunEvent = { type: 'RunRestored', data: base };
const params = (...list: Param[]): RunEvent => ({ type: 'ParamsLogged', data: { ...base, params: list } });
const tags = (...list: RunTag[]): RunEvent => ({ type: 'TagsSet', data: { ...base, tags: list } });
const renamed = (name: string): RunEvent => ({ type: 'RunRenamed', data: { ...base, name } });
const ended = (status: 'FINISHED' | 'FAILED' | 'KILLED', endTime?: number): RunEvent => ({
  type: 'RunEnded',
  data: { ...base, status, ...(endTime === undefined ? {} : { endTime }) },
});
const resumed = (status: 'RUNNING' | 'SCHEDULED'): RunEvent => ({ type: 'RunResumed', data: { ...base, status } });
const sealed: Sealed = { subject: 'u-1', box: 'v1.a.b' };

describe('starting a run', () => {
  it('records who, what and when, with the name as a tag too', () => {
    given().when(start).then(started);
    given()
      .when({ ...start, tags: [{ key: 'mlflow.user', value: sealed }], user: sealed })
      .then({
        type: 'RunStarted',
        data: {
          ...base,
          name: 'baseline',
          startTime,
          tags: [{ key: 'mlflow.user', value: sealed }, nameTag('baseline')],
          user: sealed,
        },
      });
  });
  it('takes the name once when it comes twice, or as an empty tag', () => {
    given()
      .when({ ...start, tags: [nameTag('baseline')] })
      .then(started);
    given()
      .when({ ...start, tags: [nameTag('')] })
      .then(started);
  });
  it('refuses two names', () => {
    given()
      .when({ ...start, tags: [nameTag('other')] })
      .thenRefused({ kind: 'invalid', code: 'two-names', field: 'run_name' });
  });
  it('again is a retry, whatever has happened to the run since', () => {
    given(started).when(start).thenNothing();
    given(started, ended('FINISHED'), renamed('other')).when(start).thenNothing();
  });
  it('refuses an id that a run of another experiment has', () => {
    given(started)
      .when({ ...start, experimentId: '2' as ExperimentId })
      .thenRefused({ kind: 'already-exists', code: 'run-exists' });
  });
  it('refuses tags, names and times beyond their limits', () => {
    given()
      .when({ ...start, tags: [{ key: '/abs', value: '' }] })
      .thenRefused({ code: 'invalid-key', field: 'tags[0].key' });
    given()
      .when({ ...start, tags: [{ key: 'k', value: 'v'.repeat(8001) }] })
      .thenRefused({ code: 'too-long', field: 'tags[0].value' });
    given()
      .when({ ...start, name: 'n'.repeat(8001) })
      .thenRefused({ code: 'too-long', field: 'run_name' });
    given()
      .when({ ...start, startTime: 2 ** 53 })
      .thenRefused({ code: 'invalid-integer', field: 'start_time' });
    const many = Array.from({ length: 120 }, (_, index) => ({ key: `k${index}`, value: 'v'.repeat(8000) }));
    given()
      .when({ ...start, tags: many })
      .thenRefused({ code: 'too-large', field: 'tags' });
  });
});

const log = (batch: Partial<Extract<Parameters<typeof runDecider.decide>[0], { type: 'log' }>>) => ({
  type: 'log' as const,
  metrics: [],
  params: [],
  tags: [],
  ...batch,
});
const metric = { key: 'loss', value: 0.5, timestamp: 1, step: 0 };

describe('parameters', () => {
  it('are logged once; the same value again changes nothing', () => {
    given(started)
      .when(log({ params: [{ key: 'depth', value: '5' }] }))
      .then(params({ key: 'depth', value: '5' }));
    given(started, params({ key: 'depth', value: '5' }))
      .when(log({ params: [{ key: 'depth', value: '5' }] }))
      .thenNothing();
    given(started, params({ key: 'depth', value: '5' }))
      .when(
        log({
          params: [
            { key: 'depth', value: '5' },
            { key: 'trees', value: '' },
          ],
        }),
      )
      .then(params({ key: 'trees', value: '' }));
  });
  it('never change: the refusal says the old and the new value', () => {
    given(started, params({ key: 'depth', value: '5' }))
      .when(log({ params: [{ key: 'depth', value: '6' }] }))
      .thenRefused({
        kind: 'invalid',
        code: 'param-immutable',
        message: `Changing param values is not allowed. Param with key='depth' was already logged with value='5' for run ID='${base.runId}'. Attempted logging new value '6'.`,
      });
  });
  it('logged as empty text are not to be changed either', () => {
    given(started, params({ key: 'note', value: '' }))
      .when(log({ params: [{ key: 'note', value: 'x' }] }))
      .thenRefused({ code: 'param-immutable' });
  });
  it('may not come twice in a batch, not even alike', () => {
    for (const value of ['5', '6']) {
      given(started)
        .when(
          log({
            params: [
              { key: 'depth', value: '5' },
              { key: 'depth', value },
            ],
          }),
        )
        .thenRefused({
          code: 'duplicate-param',
          field: 'params[1].key',
          message:
            "Duplicate parameter keys have been submitted: ['depth']. Please ensure the request contains only one param value per param key.",
        });
    }
  });
  it('have values of up to 6000 characters, however many bytes these are', () => {
    const longest = { key: 'k', value: '🧪'.repeat(6000) };
    given(started)
      .when(log({ params: [longest] }))
      .then(params(longest));
    given(started)
      .when(log({ params: [{ key: 'k', value: `${longest.value}x` }] }))
      .thenRefused({
        code: 'too-long',
        field: 'params[0].value',
        message: "'params[0].value' exceeds the maximum length of 6000 characters: the value has 6001",
      });
  });
  it('named like members of every object are parameters like others', () => {
    const odd = ['constructor', 'toString', '__proto__'].map((key) => ({ key, value: '1' }));
    given(started)
      .when(log({ params: odd }))
      .then(params(...odd));
  });
});

describe('keys', () => {
  it.each(['a', 'a/b.c-d_e f:g', 'épaisseur', '温度', '.hidden', 'a..b', 'v1.2', ' lead', '-', 'k'.repeat(250)])(
    'may be %j',
    (key) => {
      given(started)
        .when(log({ params: [{ key, value: '' }] }))
        .then(params({ key, value: '' }));
    },
  );
  it.each([
    '.',
    '..',
    '../a',
    '..a',
    '/a',
    '//a',
    'a/',
    'a//b',
    './a',
    'a/.',
    'a/./b',
    'a/..',
    'a/../b',
    'a\\b',
    'a\n',
    'a\u0000b',
    'a;b',
    "a'b",
    'a%2e',
    'a\u202eb',
    'e\u0301',
    '🧪',
    '\ud800',
  ])('may not be %j', (key) => {
    const refused = { kind: 'invalid', code: 'invalid-key' } as const;
    given(started)
      .when(log({ params: [{ key, value: '' }] }))
      .thenRefused({ ...refused, field: 'params[0].key' });
    given(started)
      .when(log({ tags: [{ key, value: '' }] }))
      .thenRefused({ ...refused, field: 'tags[0].key' });
    given(started)
      .when(log({ metrics: [{ ...metric, key }] }))
      .thenRefused({ ...refused, field: 'metrics[0].key' });
  });
  it('must be there, and have at most 250 characters', () => {
    given(started)
      .when(log({ params: [{ key: '', value: '' }] }))
      .thenRefused({ code: 'missing-key', message: "Missing value for required parameter 'params[0].key'." });
    given(started)
      .when(log({ params: [{ key: 'k'.repeat(251), value: '' }] }))
      .thenRefused({ code: 'too-long', field: 'params[0].key' });
  });
});

describe('metrics', () => {
  it('are recorded as they come, repeated or not: points are no part of the state', () => {
    const logged: RunEvent = { type: 'MetricsLogged', data: { ...base, metrics: [metric, metric] } };
    given(started, logged)
      .when(log({ metrics: [metric, metric] }))
      .then(logged);
  });
  it.each([
    ['timestamp', -1, 'negative-timestamp'],
    ['timestamp', 0.5, 'invalid-integer'],
    ['timestamp', 2 ** 53, 'invalid-integer'],
    ['step', 2 ** 53, 'invalid-integer'],
    ['step', -(2 ** 53), 'invalid-integer'],
    ['step', 0.5, 'invalid-integer'],
  ])('refuse a %s of %d', (field, value, code) => {
    given(started)
      .when(log({ metrics: [metric, { ...metric, [field]: value }] }))
      .thenRefused({ kind: 'invalid', code, field: `metrics[1].${field}` });
  });
  it('take every whole number that a double holds exactly', () => {
    const extremes = [
      { ...metric, timestamp: 2 ** 53 - 1, step: 2 ** 53 - 1 },
      { ...metric, timestamp: 0, step: -(2 ** 53 - 1) },
    ];
    given(started)
      .when(log({ metrics: extremes }))
      .then({ type: 'MetricsLogged', data: { ...base, metrics: extremes } });
  });
});

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('a batch', () => {
  it('is one append: parameters, tags and metrics', () => {
    given(started)
      .when(log({ metrics: [metric], params: [{ key: 'a', value: '1' }], tags: [{ key: 'b', value: '2' }] }))
      .then(params({ key: 'a', value: '1' }), tags({ key: 'b', value: '2' }), {
        type: 'MetricsLogged',
        data: { ...base, metrics: [metric] },
      });
  });
  it('of nothing is nothing', () => {
    given(started).when(log({})).thenNothing();
  });
  it('is refused as a whole for one wrong item', () => {
    given(started, params({ key: 'a', value: '1' }))
      .when(log({ metrics: [metric], params: [{ key: 'a', value: '2' }], tags: [{ key: 'b', value: '2' }] }))
      .thenRefused({ code: 'param-immutable' });
  });
  it.each([
    ['metrics', { metrics: many(1001, (step) => ({ ...metric, step })) }, 1000, 1001],
    ['params', { params: many(101, (i) => ({ key: `p${i}`, value: '' })) }, 100, 101],
    ['tags', { tags: many(101, (i) => ({ key: `t${i}`, value: '' })) }, 100, 101],
    [
      'metrics, params, and tags',
      { metrics: many(950, (step) => ({ ...metric, step })), params: many(51, (i) => ({ key: `p${i}`, value: '' })) },
      1000,
      1001,
    ],
  ])('holds only so many %s', (what, batch, limit, count) => {
    given(started)
      .when(log(batch))
      .thenRefused({
        kind: 'invalid',
        code: 'batch-too-large',
        message: `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
      });
  });
  it('may be as large as its limits', () => {
    const batch = {
      metrics: many(800, (step) => ({ ...metric, step })),
      params: many(100, (i) => ({ key: `p${i}`, value: '' })),
      tags: many(100, (i) => ({ key: `t${i}`, value: '' })),
    };
    given(started)
      .when(log(batch))
      .then(params(...batch.params), tags(...batch.tags), {
        type: 'MetricsLogged',
        data: { ...base, metrics: batch.metrics },
      });
  });
  it('that no event could hold becomes several events, each within the limit of the ledger', () => {
    const large = many(100, (i) => ({ key: `p${i}`, value: 'é'.repeat(4450) }));
    const decision = runDecider.decide(log({ params: large }), runDecider.evolve(runDecider.initial, started));
    if (!decision.ok) throw new Error(decision.refusal.message);
    expect(decision.events.map(({ type }) => type)).toEqual(['ParamsLogged', 'ParamsLogged']);
    const parts = decision.events.map((event) => (event.type === 'ParamsLogged' ? event.data.params : []));
    expect(parts.flat()).toEqual(large);
    for (const { data } of decision.events) {
      expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThanOrEqual(900 * 1024);
    }
  });
  it('is refused when it is larger than an append', () => {
    given(started)
      .when(log({ params: many(100, (i) => ({ key: `p${i}`, value: '\u0001'.repeat(2000) })) }))
      .thenRefused({ code: 'batch-too-large', field: 'body' });
  });
});

describe('tags', () => {
  it('are set, and set again only to another value', () => {
    given(started)
      .when(log({ tags: [{ key: 'a', value: '1' }] }))
      .then(tags({ key: 'a', value: '1' }));
    given(started, tags({ key: 'a', value: '1' }))
      .when(log({ tags: [{ key: 'a', value: '1' }] }))
      .thenNothing();
  });
  it('given twice have their last value', () => {
    given(started)
      .when(
        log({
          tags: [
            { key: 'a', value: '1' },
            { key: 'b', value: '1' },
            { key: 'a', value: '2' },
          ],
        }),
      )
      .then(tags({ key: 'a', value: '2' }, { key: 'b', value: '1' }));
  });
  it('may be sealed', () => {
    given(started)
      .when(log({ tags: [{ key: 'mlflow.user', value: sealed }] }))
      .then(tags({ key: 'mlflow.user', value: sealed }));
  });
  it('have values of up to 8000 characters', () => {
    given(started)
      .when(log({ tags: [{ key: 'k', value: 'v'.repeat(8000) }] }))
      .then(tags({ key: 'k', value: 'v'.repeat(8000) }));
    given(started)
      .when(log({ tags: [{ key: 'k', value: 'v'.repeat(8001) }] }))
      .thenRefused({ code: 'too-long', field: 'tags[0].value' });
  });
  it('are removed once', () => {
    const removed: RunEvent = { type: 'TagDeleted', data: { ...base, key: 'a' } };
    given(started, tags({ key: 'a', value: '1' }))
      .when({ type: 'delete-tag', key: 'a' })
      .then(removed);
    given(started, tags({ key: 'a', value: '1' }), removed)
      .when({ type: 'delete-tag', key: 'a' })
      .thenRefused({
        kind: 'not-found',
        code: 'tag-not-found',
        message: `No tag with name: a in run with id ${base.runId}`,
      });
  });
});

describe("a run's name and its mlflow.runName tag", () => {
  it('change together, whichever way the name comes', () => {
    const both = [tags(nameTag('other')), renamed('other')] as const;
    given(started)
      .when(log({ tags: [nameTag('other')] }))
      .then(...both);
    given(started)
      .when({ type: 'update', name: 'other' })
      .then(...both);
  });
  it('stay when the new one is empty or the same', () => {
    for (const name of ['', 'baseline']) {
      given(started).when({ type: 'update', name }).thenNothing();
      given(started)
        .when(log({ tags: [nameTag(name)] }))
        .thenNothing();
    }
  });
  it('come together again after the tag was removed', () => {
    given(started, { type: 'TagDeleted', data: { ...base, key: 'mlflow.runName' } })
      .when({ type: 'update', name: 'baseline' })
      .then(tags(nameTag('baseline')));
  });
  it('have at most 8000 characters', () => {
    given(started)
      .when({ type: 'update', name: 'n'.repeat(8001) })
      .thenRefused({ code: 'too-long', field: 'run_name' });
  });
});

describe('status and end time', () => {
  it.each(['FINISHED', 'FAILED', 'KILLED'] as const)('a run ends as %s', (status) => {
    given(started).when({ type: 'update', status, endTime: 9 }).then(ended(status, 9));
    given(started, ended(status, 9)).when({ type: 'update', status, endTime: 9 }).thenNothing();
    given(started, ended(status, 9)).when({ type: 'update', status, endTime: 10 }).then(ended(status, 10));
  });
  it.each(['RUNNING', 'SCHEDULED'] as const)('an ended run goes on as %s and keeps its end time', (status) => {
    given(started, ended('FAILED', 9)).when({ type: 'update', status }).then(resumed(status));
    given(started, ended('FAILED', 9), resumed(status))
      .when({ type: 'update', status: 'FINISHED', endTime: 9 })
      .then(ended('FINISHED'));
  });
  it('stay as they are without a change', () => {
    given(started).when({ type: 'update' }).thenNothing();
    given(started).when({ type: 'update', status: 'RUNNING' }).thenNothing();
  });
  it('name and status change in one append', () => {
    given(started)
      .when({ type: 'update', name: 'other', status: 'FINISHED' })
      .then(tags(nameTag('other')), renamed('other'), ended('FINISHED'));
  });
  it('refuse an end time that would not come out of the log as it went in', () => {
    given(started)
      .when({ type: 'update', status: 'FINISHED', endTime: 2 ** 53 })
      .thenRefused({ code: 'invalid-integer', field: 'end_time' });
  });
});

const input = { name: 'LIMS', digest: 'abc', sourceType: 'local', source: '{}', tags: [] };
const inputs = (...list: (typeof input)[]): RunEvent => ({ type: 'InputsLogged', data: { ...base, inputs: list } });

describe('inputs', () => {
  it('are recorded once for each name and digest, the first one counts', () => {
    const again = { ...input, source: 'elsewhere' };
    const other = { ...input, digest: 'def' };
    given(started)
      .when({ type: 'log-inputs', inputs: [input, again, other] })
      .then(inputs(input, other));
    given(started, inputs(input))
      .when({ type: 'log-inputs', inputs: [again, other] })
      .then(inputs(other));
    given(started, inputs(input))
      .when({ type: 'log-inputs', inputs: [again] })
      .thenNothing();
    given(started).when({ type: 'log-inputs', inputs: [] }).thenNothing();
  });
  it('are told apart even when name and digest run together alike', () => {
    given(started, inputs({ ...input, name: 'a:b', digest: 'c' }))
      .when({ type: 'log-inputs', inputs: [{ ...input, name: 'a', digest: 'b:c' }] })
      .then(inputs({ ...input, name: 'a', digest: 'b:c' }));
  });
  it.each([
    ['name', { name: '' }, 'missing-name'],
    ['digest', { digest: '' }, 'missing-digest'],
    ['name', { name: 'n'.repeat(501) }, 'too-long'],
    ['digest', { digest: 'd'.repeat(37) }, 'too-long'],
    ['source', { source: 's'.repeat(65_536) }, 'too-long'],
    ['schema', { schema: 's'.repeat(1_048_576) }, 'too-long'],
    ['profile', { profile: 'p'.repeat(16_777_216) }, 'too-long'],
  ])('refuse a wrong %s', (field, change, code) => {
    given(started)
      .when({ type: 'log-inputs', inputs: [input, { ...input, digest: 'x', ...change }] })
      .thenRefused({ kind: 'invalid', code, field: `datasets[1].dataset.${field}` });
  });
  it.each([
    ['key', { key: 'k'.repeat(256), value: '' }],
    ['value', { key: 'k', value: 'v'.repeat(501) }],
  ])('refuse a tag with too long a %s', (field, tag) => {
    given(started)
      .when({ type: 'log-inputs', inputs: [{ ...input, tags: [tag] }] })
      .thenRefused({ code: 'too-long', field: `datasets[0].tags[0].${field}` });
  });
  it('refuse what no event has room for', () => {
    given(started)
      .when({ type: 'log-inputs', inputs: [{ ...input, profile: 'p'.repeat(900_000) }] })
      .thenRefused({ code: 'too-large', field: 'datasets' });
  });
});

const everyWrite = [
  log({ params: [{ key: 'a', value: '1' }] }),
  { type: 'delete-tag', key: 'mlflow.runName' },
  { type: 'log-inputs', inputs: [input] },
  { type: 'update', status: 'FINISHED' satisfies RunStatus },
] as const;

describe('a deleted run', () => {
  it('takes nothing', () => {
    for (const command of everyWrite) {
      given(started, deleted)
        .when(command)
        .thenRefused({
          kind: 'state',
          code: 'run-deleted',
          message: `The run ${base.runId} must be in the 'active' state. Current state is deleted.`,
        });
    }
  });
  it('is deleted once and restored once', () => {
    given(started).when({ type: 'delete' }).then(deleted);
    given(started, deleted).when({ type: 'delete' }).thenNothing();
    given(started, deleted).when({ type: 'restore' }).then(restored);
    given(started, deleted, restored).when({ type: 'restore' }).thenNothing();
  });
  it('takes everything again once it is restored', () => {
    given(started, deleted, restored)
      .when(log({ params: [{ key: 'a', value: '1' }] }))
      .then(params({ key: 'a', value: '1' }));
  });
});

it('a run that was never started takes nothing', () => {
  for (const command of [...everyWrite, { type: 'delete' }, { type: 'restore' }] as const) {
    given().when(command).thenRefused({ kind: 'not-found', code: 'run-not-found' });
  }
  expect([runStream(base.runId), metricsStream(base.runId)]).toEqual([`run-${base.runId}`, `metrics-${base.runId}`]);
});
