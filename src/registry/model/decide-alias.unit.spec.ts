import { describe, it } from '@jest/globals';
import { ModelId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { modelDecider } from './decide.js';
import { ModelEvent } from './events.js';

const { given } = specFor(modelDecider);
const base = { modelId: '1'.repeat(32) as ModelId, name: 'detector', at: 1767603600000 };
const registered: ModelEvent = { type: 'ModelRegistered', data: { ...base, tags: [] } };
const created = (version: number): ModelEvent => ({
  type: 'ModelVersionCreated',
  data: { ...base, version, source: 's3://bucket/m', tags: [] },
});
const aliased = (alias: string, version: number, from?: number): ModelEvent => ({
  type: 'RegisteredModelAliasSet',
  data: { ...base, alias, version, ...(from === undefined ? {} : { from }) },
});
const unaliased = (alias: string, version: number): ModelEvent => ({
  type: 'RegisteredModelAliasDeleted',
  data: { ...base, alias, version },
});
const removed = (version: number): ModelEvent => ({ type: 'ModelVersionDeleted', data: { ...base, version } });
const set = (alias: string, version: number, mayPromote = false) => ({
  ...base,
  type: 'set-alias' as const,
  alias,
  version,
  mayPromote,
});
const unset = (alias: string, mayPromote = false) => ({ ...base, type: 'delete-alias' as const, alias, mayPromote });
const two = [registered, created(1), created(2)];

describe('setting an alias', () => {
  it('gives it to the version, once', () => {
    given(...two)
      .when(set('shadow', 1))
      .then(aliased('shadow', 1));
    given(...two, aliased('shadow', 1))
      .when(set('shadow', 1))
      .thenNothing();
  });
  it('takes it from the version that had it, and says so', () =>
    given(...two, aliased('shadow', 1))
      .when(set('shadow', 2))
      .then(aliased('shadow', 2, 1)));
  it('tells names of different case apart', () =>
    given(...two, aliased('shadow', 1))
      .when(set('Shadow', 2))
      .then(aliased('Shadow', 2)));
  it('needs the version', () =>
    given(...two, removed(2))
      .when(set('shadow', 2))
      .thenRefused({ kind: 'not-found', code: 'version-not-found', field: 'version' }));
  it('needs the model', () =>
    given().when(set('shadow', 1)).thenRefused({ kind: 'not-found', code: 'model-not-found' }));
  for (const alias of ['champion', 'Champion', 'production', 'PRODUCTION']) {
    it(`needs the right to promote for ${alias}`, () => {
      given(...two)
        .when(set(alias, 1))
        .thenRefused({ kind: 'denied', code: 'promotion-required', field: 'alias' });
      given(...two)
        .when(set(alias, 1, true))
        .then(aliased(alias, 1));
    });
  }
  it('asks nobody for rights when nothing changes', () =>
    given(...two, aliased('champion', 1))
      .when(set('champion', 1))
      .thenNothing());
});

describe('deleting an alias', () => {
  it('takes it away, once', () => {
    given(...two, aliased('shadow', 1))
      .when(unset('shadow'))
      .then(unaliased('shadow', 1));
    given(...two, aliased('shadow', 1), unaliased('shadow', 1))
      .when(unset('shadow'))
      .thenNothing();
  });
  it('needs the right to promote for a governed one', () => {
    given(...two, aliased('champion', 1))
      .when(unset('champion'))
      .thenRefused({ kind: 'denied', code: 'promotion-required', field: 'alias' });
    given(...two, aliased('champion', 1))
      .when(unset('champion', true))
      .then(unaliased('champion', 1));
  });
});

describe('deleting what has aliases', () => {
  const remove = (version: number) => ({ ...base, type: 'delete-version' as const, version });
  it('frees the aliases of a version', () =>
    given(...two, aliased('shadow', 2), removed(2))
      .when(unset('shadow'))
      .thenNothing());
  it('leaves the aliases of other versions', () =>
    given(...two, aliased('shadow', 1), removed(2))
      .when(unset('shadow'))
      .then(unaliased('shadow', 1)));
  it('spares a version with a governed alias, and its model', () => {
    const refusal = { kind: 'state', code: 'version-in-production' } as const;
    given(...two, aliased('champion', 1))
      .when(remove(1))
      .thenRefused(refusal);
    given(...two, aliased('champion', 1))
      .when({ ...base, type: 'delete' })
      .thenRefused(refusal);
  });
  it('takes a version with other aliases', () =>
    given(...two, aliased('shadow', 1))
      .when(remove(1))
      .then(removed(1)));
});
