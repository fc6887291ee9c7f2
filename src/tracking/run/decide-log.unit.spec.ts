import { describe, expect, it } from '@jest/globals';
import { base, given, log, metric, params, sealed, started, tags } from '../testing/run-words.js';
import { runDecider } from './decide.js';
import { RunEvent } from './events.js';

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
  it('have values of up to 100,000 characters, however many bytes these are, and none is cut', () => {
    const longest = { key: 'k', value: '🧪'.repeat(100_000) };
    given(started)
      .when(log({ params: [longest] }))
      .then(params(longest));
    given(started)
      .when(log({ params: [{ key: 'k', value: `${longest.value}x` }] }))
      .thenRefused({
        code: 'too-long',
        field: 'params[0].value',
        message: "'params[0].value' exceeds the maximum length of 100000 characters: the value has 100001",
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
  it('have values of up to 100,000 characters', () => {
    given(started)
      .when(log({ tags: [{ key: 'k', value: 'v'.repeat(100_000) }] }))
      .then(tags({ key: 'k', value: 'v'.repeat(100_000) }));
    given(started)
      .when(log({ tags: [{ key: 'k', value: 'v'.repeat(100_001) }] }))
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
