import { describe, expect, it } from '@jest/globals';
import { ExperimentId, LoggedModelId, RunId, Sealed } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { Param } from '../run/events.js';
import { loggedModelDecider, MODEL_VERSIONS, NewLoggedModel } from './decide.js';
import { LoggedModelEvent } from './events.js';

const { given } = specFor(loggedModelDecider);
const base = {
  modelId: 'm-5f2c7e1b9a8d4c3e8b7a6f5e4d3c2b1a' as LoggedModelId,
  experimentId: '1' as ExperimentId,
  name: 'qc_model',
};
const at = 1_767_603_600_000;
const create = { type: 'create', ...base, params: [], tags: [], at } as const;
const created: LoggedModelEvent = { type: 'LoggedModelCreated', data: { ...base, at, tags: [] } };
const deleted: LoggedModelEvent = { type: 'LoggedModelDeleted', data: { ...base, at } };
const params = (...list: Param[]): LoggedModelEvent => ({
  type: 'LoggedModelParamsLogged',
  data: { ...base, params: list },
});
const tags = (...list: Param[]): LoggedModelEvent => ({ type: 'LoggedModelTagsSet', data: { ...base, tags: list } });
const finalized = (status: 'PENDING' | 'READY' | 'FAILED'): LoggedModelEvent => ({
  type: 'LoggedModelFinalized',
  data: { ...base, at: at + 1, status },
});
const depth = { key: 'depth', value: '5' };

describe('creating a logged model', () => {
  it('records what it is and where it came from, with its parameters', () => {
    const origin = { modelType: 'classifier', sourceRunId: 'a'.repeat(32) as RunId };
    given()
      .when({ ...create, ...origin, params: [depth], tags: [{ key: 't', value: '1' }] })
      .then(
        { type: 'LoggedModelCreated', data: { ...base, at, ...origin, tags: [{ key: 't', value: '1' }] } },
        params(depth),
      );
  });
  it('again is a retry and changes nothing', () => given(created).when(create).thenNothing());
  it('keeps the last of two tags with one key', () =>
    given()
      .when({
        ...create,
        tags: [
          { key: 't', value: '1' },
          { key: 't', value: '2' },
        ],
      })
      .then({ type: 'LoggedModelCreated', data: { ...base, at, tags: [{ key: 't', value: '2' }] } }));

  it.each(['', 'a/b', 'a:b', 'a.b', '50%', 'a"b', "a'b", 'x'.repeat(501)])('refuses the name %j', (name) => {
    given()
      .when({ ...create, name })
      .thenRefused({ kind: 'invalid', field: 'name' });
  });
  it('takes a name of 500 characters, counted as people count them', () => {
    const name = '🧪'.repeat(500);
    given()
      .when({ ...create, name })
      .then({ type: 'LoggedModelCreated', data: { ...base, name, at, tags: [] } });
  });
  it.each([
    [{ modelType: 'x'.repeat(501) }, 'model_type'],
    [{ params: [{ key: '', value: '' }] }, 'params[0].key'],
    [{ params: [depth, { key: 'x'.repeat(256), value: '' }] }, 'params[1].key'],
    [{ params: [{ key: 'k', value: 'x'.repeat(65_536) }] }, 'params[0].value'],
    [{ tags: [{ key: '', value: '' }] }, 'tags[0].key'],
    [{ tags: [{ key: 'k', value: 'x'.repeat(65_536) }] }, 'tags[0].value'],
    [{ params: [depth, { key: 'depth', value: '6' }] }, 'params'],
  ])('names what is wrong: %#', (more: Partial<NewLoggedModel>, field) => {
    given()
      .when({ ...create, ...more })
      .thenRefused({ kind: 'invalid', field });
  });
  it('refuses tags that together do not fit into an event', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ key: `t${index}`, value: 'x'.repeat(60_000) }));
    given()
      .when({ ...create, tags: many })
      .thenRefused({ code: 'too-large', field: 'tags' });
  });
  it('refuses parameters that together do not fit into an append, with the tags or alone', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ key: `p${index}`, value: 'x'.repeat(60_000) }));
    const refusal = { code: 'too-large', field: 'params' } as const;
    given()
      .when({ ...create, params: many(8), tags: many(8) })
      .thenRefused(refusal);
    given()
      .when({ ...create, params: many(20) })
      .thenRefused(refusal);
    given(created)
      .when({ type: 'log-params', params: many(20) })
      .thenRefused(refusal);
    given(created)
      .when({ type: 'log-params', params: many(14) })
      .then(params(...many(14)));
  });
});

describe('the parameters of a logged model', () => {
  it('are added to', () =>
    given(created, params(depth))
      .when({ type: 'log-params', params: [{ key: 'b', value: '' }] })
      .then(params({ key: 'b', value: '' })));
  it('stay when the same come again', () =>
    given(created, params(depth))
      .when({ type: 'log-params', params: [depth, depth] })
      .thenNothing());
  it('never change: old and new value are told', () =>
    given(created, params(depth))
      .when({
        type: 'log-params',
        params: [
          { key: 'a', value: '1' },
          { key: 'depth', value: '6' },
        ],
      })
      .thenRefused({ code: 'param-immutable', message: expect.stringMatching(/'5'.*'6'/) as unknown as string }));
});

describe('the tags of a logged model', () => {
  it('are set and overwritten; what is there already is not written again', () => {
    const [a, b] = [
      { key: 'a', value: '1' },
      { key: 'b', value: '1' },
    ];
    given(created, tags(a))
      .when({ type: 'set-tags', tags: [a, b] })
      .then(tags(b));
    given(created, tags(a, b))
      .when({ type: 'set-tags', tags: [b, a] })
      .thenNothing();
    given(created, tags(a))
      .when({ type: 'set-tags', tags: [{ key: 'a', value: '2' }] })
      .then(tags({ key: 'a', value: '2' }));
  });
  it('are removed, when they are there', () => {
    const command = { type: 'delete-tag', key: 'a' } as const;
    given(created, tags({ key: 'a', value: '1' }))
      .when(command)
      .then({ type: 'LoggedModelTagDeleted', data: { ...base, key: 'a' } });
    given(created).when(command).thenRefused({ kind: 'not-found', code: 'tag-not-found' });
  });
  it('tell of each registered version once', () => {
    const note = (version: number) => ({ type: 'note-version', version: { name: 'detector', version } }) as const;
    const noted = (...versions: number[]) =>
      tags({ key: MODEL_VERSIONS, value: JSON.stringify(versions.map((version) => ({ name: 'detector', version }))) });
    given(created).when(note(1)).then(noted(1));
    given(created, noted(1)).when(note(2)).then(noted(1, 2));
    given(created, noted(1, 2)).when(note(1)).thenNothing();
  });
  it.each(['no JSON', '7', '[null]', '{}'])('begin the list of versions anew where a client wrote %j', (value) => {
    const version = { name: 'detector', version: 1 };
    given(created, tags({ key: MODEL_VERSIONS, value }))
      .when({ type: 'note-version', version })
      .then(tags({ key: MODEL_VERSIONS, value: JSON.stringify([version]) }));
  });
  it('that are sealed are equal only to themselves', () => {
    const sealed: Sealed = { subject: 'u-1', box: 'v1.a.b' };
    const event: LoggedModelEvent = {
      type: 'LoggedModelTagsSet',
      data: { ...base, tags: [{ key: 'u', value: sealed }] },
    };
    given(created, event)
      .when({ type: 'set-tags', tags: [{ key: 'u', value: sealed }] })
      .thenNothing();
    given(created, event)
      .when({ type: 'set-tags', tags: [{ key: 'u', value: { ...sealed } }] })
      .then(event);
  });
});

describe('finalizing a logged model', () => {
  it('tells whether its files are there', () =>
    given(created)
      .when({ type: 'finalize', status: 'READY', at: at + 1 })
      .then(finalized('READY')));
  it('may be corrected', () =>
    given(created, finalized('FAILED'))
      .when({ type: 'finalize', status: 'READY', at: at + 1 })
      .then(finalized('READY')));
  it('again to the same changes nothing', () => {
    given(created)
      .when({ type: 'finalize', status: 'PENDING', at: at + 1 })
      .thenNothing();
    given(created, finalized('READY'))
      .when({ type: 'finalize', status: 'READY', at: at + 2 })
      .thenNothing();
  });
});

describe('a logged model that is deleted', () => {
  it('is deleted once', () => {
    given(created).when({ type: 'delete', at }).then(deleted);
    given(created, deleted)
      .when({ type: 'delete', at: at + 1 })
      .thenNothing();
  });
  it.each([
    { type: 'log-params', params: [depth] },
    { type: 'set-tags', tags: [depth] },
    { type: 'delete-tag', key: 'depth' },
    { type: 'note-version', version: { name: 'detector', version: 1 } },
    { type: 'finalize', status: 'READY', at },
  ] as const)('takes no more: $type', (command) => {
    given(created, deleted).when(command).thenRefused({ kind: 'state', code: 'logged-model-deleted' });
  });
});

it.each([
  { type: 'log-params', params: [] },
  { type: 'set-tags', tags: [] },
  { type: 'delete-tag', key: 'k' },
  { type: 'note-version', version: { name: 'detector', version: 1 } },
  { type: 'finalize', status: 'READY', at },
  { type: 'delete', at },
] as const)('$type of a model that never was is refused', (command) => {
  given().when(command).thenRefused({ kind: 'not-found', code: 'logged-model-not-found' });
});
