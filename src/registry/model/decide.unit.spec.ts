import { describe, it } from '@jest/globals';
import { ModelId, RunId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { Stage } from '../stage.js';
import { ModelCommand } from './command.js';
import { modelDecider } from './decide.js';
import { ModelEvent } from './events.js';

const { given } = specFor(modelDecider);
const base = { modelId: '1'.repeat(32) as ModelId, name: 'detector', at: 1767603600000 };
const runId = 'a'.repeat(32) as RunId;
const source = `runs:/${runId}/model`;

const registered: ModelEvent = { type: 'ModelRegistered', data: { ...base, tags: [['team', 'qc']] } };
const gone: ModelEvent = { type: 'RegisteredModelDeleted', data: base };
const created = (version: number, more: object = {}): ModelEvent => ({
  type: 'ModelVersionCreated',
  data: { ...base, version, source, runId, tags: [], ...more },
});
const removed = (version: number): ModelEvent => ({ type: 'ModelVersionDeleted', data: { ...base, version } });
const moved = (version: number, from: Stage, to: Stage, archived: number[] = []): ModelEvent => ({
  type: 'ModelVersionStageChanged',
  data: { ...base, version, runId, from, to, archived },
});
const aliased = (alias: string, version: number, from?: number): ModelEvent => ({
  type: 'RegisteredModelAliasSet',
  data: { ...base, alias, version, ...(from === undefined ? {} : { from }) },
});
const rolledBack = (version: number, from: Stage, archived: number[]): ModelEvent => ({
  type: 'ModelVersionRolledBack',
  data: { ...base, version, runId, from, archived },
});

const NOT_FOUND = { kind: 'not-found', code: 'model-not-found', field: 'name' } as const;
const NO_VERSION = { kind: 'not-found', code: 'version-not-found', field: 'version' } as const;

describe('registering a model', () => {
  const register = { ...base, type: 'register' as const, tags: [['team', 'qc']] as const };
  it('records it with its tags', () => given().when(register).then(registered));
  it('records a description when there is one', () =>
    given()
      .when({ ...register, description: 'flags samples' })
      .then({ type: 'ModelRegistered', data: { ...base, description: 'flags samples', tags: [['team', 'qc']] } }));
  it('twice is refused', () =>
    given(registered).when(register).thenRefused({ kind: 'already-exists', code: 'model-exists', field: 'name' }));
  it('under the id of a deleted one is refused', () =>
    given(registered, gone).when(register).thenRefused({ code: 'model-exists' }));
});

describe('a model that is not there', () => {
  const commands: readonly ModelCommand[] = [
    { ...base, type: 'describe', description: '' },
    { ...base, type: 'set-tag', key: 'k', value: 'v' },
    { ...base, type: 'delete-tag', key: 'k' },
    { ...base, type: 'create-version', source, tags: [] },
    { ...base, type: 'describe-version', version: 1, description: '' },
    { ...base, type: 'set-version-tag', version: 1, key: 'k', value: 'v' },
    { ...base, type: 'delete-version-tag', version: 1, key: 'k' },
    { ...base, type: 'delete-version', version: 1 },
    { ...base, type: 'transition', version: 1, stage: 'Staging', archiveExisting: false, mayPromote: true },
    { ...base, type: 'roll-back' },
  ];
  for (const command of commands) {
    it(`refuses to ${command.type}`, () => given().when(command).thenRefused(NOT_FOUND));
    it(`refuses to ${command.type} once it is deleted`, () =>
      given(registered, created(1), gone).when(command).thenRefused(NOT_FOUND));
  }
  it('can not be deleted', () =>
    given()
      .when({ ...base, type: 'delete' })
      .thenRefused(NOT_FOUND));
  it('may be deleted again, to finish what a crash left half done', () =>
    given(registered, gone)
      .when({ ...base, type: 'delete' })
      .thenNothing());
});

describe('a version that is not there', () => {
  const commands: readonly ModelCommand[] = [
    { ...base, type: 'describe-version', version: 2, description: '' },
    { ...base, type: 'set-version-tag', version: 2, key: 'k', value: 'v' },
    { ...base, type: 'delete-version-tag', version: 2, key: 'k' },
    { ...base, type: 'delete-version', version: 2 },
    { ...base, type: 'transition', version: 2, stage: 'Staging', archiveExisting: false, mayPromote: true },
  ];
  for (const command of commands) {
    it(`refuses to ${command.type}`, () => given(registered, created(1)).when(command).thenRefused(NO_VERSION));
    it(`refuses to ${command.type} once it is deleted`, () =>
      given(registered, created(1), created(2), removed(2)).when(command).thenRefused(NO_VERSION));
  }
});

describe('describing and tagging', () => {
  it('describes a model, once', () => {
    const describe = { ...base, type: 'describe' as const, description: 'new' };
    const event: ModelEvent = { type: 'RegisteredModelDescribed', data: { ...base, description: 'new' } };
    given(registered).when(describe).then(event);
    given(registered, event).when(describe).thenNothing();
  });
  it('tags a model, once', () => {
    const tag = { ...base, type: 'set-tag' as const, key: 'k', value: 'v' };
    const event: ModelEvent = { type: 'RegisteredModelTagSet', data: { ...base, key: 'k', value: 'v' } };
    given(registered).when(tag).then(event);
    given(registered, event).when(tag).thenNothing();
    given(registered, event)
      .when({ ...tag, value: 'w' })
      .then({ type: 'RegisteredModelTagSet', data: { ...base, key: 'k', value: 'w' } });
  });
  it('takes a tag of a model away, once', () => {
    const untag = { ...base, type: 'delete-tag' as const, key: 'team' };
    const event: ModelEvent = { type: 'RegisteredModelTagDeleted', data: { ...base, key: 'team' } };
    given(registered).when(untag).then(event);
    given(registered, event).when(untag).thenNothing();
  });
  it('describes a version, once', () => {
    const describe = { ...base, type: 'describe-version' as const, version: 1, description: 'new' };
    const event: ModelEvent = { type: 'ModelVersionDescribed', data: { ...base, version: 1, description: 'new' } };
    given(registered, created(1)).when(describe).then(event);
    given(registered, created(1), event).when(describe).thenNothing();
  });
  it('tags a version, once, and takes the tag away, once', () => {
    const tag = { ...base, type: 'set-version-tag' as const, version: 1, key: 'k', value: 'v' };
    const untag = { ...base, type: 'delete-version-tag' as const, version: 1, key: 'k' };
    const set: ModelEvent = { type: 'ModelVersionTagSet', data: { ...base, version: 1, key: 'k', value: 'v' } };
    const deleted: ModelEvent = { type: 'ModelVersionTagDeleted', data: { ...base, version: 1, key: 'k' } };
    given(registered, created(1)).when(tag).then(set);
    given(registered, created(1), set).when(tag).thenNothing();
    given(registered, created(1), set).when(untag).then(deleted);
    given(registered, created(1), set, deleted).when(untag).thenNothing();
  });
});

describe('creating a version', () => {
  const create = { ...base, type: 'create-version' as const, source, runId, tags: [] };
  it('numbers from 1', () => given(registered).when(create).then(created(1)));
  it('counts on', () => given(registered, created(1)).when(create).then(created(2)));
  it('never uses a number again', () =>
    given(registered, created(1), created(2), removed(2)).when(create).then(created(3)));
  it('keeps all that comes along', () => {
    const more = { runLink: 'https://ci/7', description: 'tuned', tags: [['a', 'b']] as const, requestKey: 'job-1' };
    given(registered)
      .when({ ...create, ...more })
      .then(created(1, more));
  });
  it('makes one version of one request', () =>
    given(registered, created(1, { requestKey: 'job-1' }))
      .when({ ...create, requestKey: 'job-1' })
      .thenNothing());
  it('remembers the request after the version is deleted', () =>
    given(registered, created(1, { requestKey: 'job-1' }), removed(1))
      .when({ ...create, requestKey: 'job-1' })
      .thenNothing());
  it('makes another version of another request', () =>
    given(registered, created(1, { requestKey: 'job-1' }))
      .when({ ...create, requestKey: 'job-2' })
      .then(created(2, { requestKey: 'job-2' })));
});

describe('deleting', () => {
  it('takes out a version', () =>
    given(registered, created(1))
      .when({ ...base, type: 'delete-version', version: 1 })
      .then(removed(1)));
  it('takes out a model', () =>
    given(registered, created(1))
      .when({ ...base, type: 'delete' })
      .then(gone));
  it('spares a version in Production', () =>
    given(registered, created(1), moved(1, 'None', 'Production'))
      .when({ ...base, type: 'delete-version', version: 1 })
      .thenRefused({ kind: 'state', code: 'version-in-production' }));
  it('spares a model with a version in Production', () =>
    given(registered, created(1), created(2), moved(1, 'None', 'Production'))
      .when({ ...base, type: 'delete' })
      .thenRefused({ kind: 'state', code: 'version-in-production' }));
});

describe('moving a version between stages', () => {
  const transition = (
    version: number,
    stage: Stage,
    more: { archiveExisting?: boolean; mayPromote?: boolean } = {},
  ) => ({
    ...base,
    type: 'transition' as const,
    version,
    stage,
    archiveExisting: false,
    mayPromote: true,
    ...more,
  });
  const two = [registered, created(1), created(2)];

  it('records from where to where', () =>
    given(...two)
      .when(transition(2, 'Staging'))
      .then(moved(2, 'None', 'Staging')));
  it('to the stage it is in changes nothing', () =>
    given(...two)
      .when(transition(2, 'None'))
      .thenNothing());
  it('archives the others in the same decision when asked to', () =>
    given(...two, created(3), moved(1, 'None', 'Production'), moved(2, 'None', 'Production'))
      .when(transition(3, 'Production', { archiveExisting: true }))
      .then(moved(3, 'None', 'Production', [1, 2])));
  it('leaves the others where they are when not asked to', () =>
    given(...two, moved(1, 'None', 'Production'))
      .when(transition(2, 'Production'))
      .then(moved(2, 'None', 'Production')));
  it('archives the others also when the version is there already', () =>
    given(...two, moved(1, 'None', 'Production'), moved(2, 'None', 'Production'))
      .when(transition(2, 'Production', { archiveExisting: true }))
      .then(moved(2, 'Production', 'Production', [1])));
  it('archives nothing of another stage', () =>
    given(...two, moved(1, 'None', 'Production'))
      .when(transition(2, 'Staging', { archiveExisting: true }))
      .then(moved(2, 'None', 'Staging')));
  for (const stage of ['None', 'Archived'] as const) {
    it(`can not archive others when it goes to ${stage}`, () =>
      given(...two, moved(1, 'None', 'Staging'))
        .when(transition(1, stage, { archiveExisting: true }))
        .thenRefused({ kind: 'invalid', code: 'archive-needs-active-stage', field: 'archive_existing_versions' }));
  }
  it('into Production needs the right to promote', () =>
    given(...two)
      .when(transition(1, 'Production', { mayPromote: false }))
      .thenRefused({ kind: 'denied', code: 'promotion-required' }));
  it('out of Production needs the right to promote', () =>
    given(...two, moved(1, 'None', 'Production'))
      .when(transition(1, 'Archived', { mayPromote: false }))
      .thenRefused({ kind: 'denied', code: 'promotion-required' }));
  it('pushing others out of Production needs the right to promote', () =>
    given(...two, moved(1, 'None', 'Production'), moved(2, 'None', 'Production'))
      .when(transition(2, 'Production', { mayPromote: false, archiveExisting: true }))
      .thenRefused({ kind: 'denied', code: 'promotion-required' }));
  it('between the other stages needs no such right', () =>
    given(...two)
      .when(transition(1, 'Staging', { mayPromote: false }))
      .then(moved(1, 'None', 'Staging')));
});

describe('rolling back', () => {
  const rollBack = { ...base, type: 'roll-back' as const };
  const three = [registered, created(1), created(2), created(3)];
  const promoted = (...versions: number[]) =>
    versions.map((version, index) => moved(version, 'None', 'Production', index === 0 ? [] : [versions[index - 1]!]));

  it('puts the previous version in the place of the present one', () =>
    given(...three, ...promoted(1, 2))
      .when(rollBack)
      .then(rolledBack(1, 'Archived', [2])));
  it('brings the aliases along by which deployments load, and no others', () =>
    given(...three, ...promoted(1, 2), aliased('Champion', 2), aliased('candidate', 2), aliased('production', 3))
      .when(rollBack)
      .then(rolledBack(1, 'Archived', [2]), aliased('Champion', 1, 2)));
  it('goes further back the second time, not forth again', () =>
    given(...three, ...promoted(1, 2, 3), rolledBack(2, 'Archived', [3]))
      .when(rollBack)
      .then(rolledBack(1, 'Archived', [2])));
  it('has an end', () =>
    given(...three, ...promoted(1, 2), rolledBack(1, 'Archived', [2]))
      .when(rollBack)
      .thenRefused({ kind: 'state', code: 'no-previous-production-version' }));
  it('goes to the version before, also when that was promoted again in between', () =>
    given(...three, ...promoted(1, 2), moved(1, 'Archived', 'Production', [2]))
      .when(rollBack)
      .then(rolledBack(2, 'Archived', [1])));
  it('passes over versions that are deleted', () =>
    given(...three, ...promoted(1, 2, 3), removed(2))
      .when(rollBack)
      .then(rolledBack(1, 'Archived', [3])));
  it('archives all that is in Production', () =>
    given(...three, moved(1, 'None', 'Production'), moved(2, 'None', 'Production', [1]), moved(3, 'None', 'Production'))
      .when(rollBack)
      .then(rolledBack(1, 'Archived', [2, 3])));
  it('takes the previous version from wherever it went', () =>
    given(...three, ...promoted(1, 2), moved(1, 'Archived', 'Staging'))
      .when(rollBack)
      .then(rolledBack(1, 'Staging', [2])));
  it('is refused when nothing was in Production before', () =>
    given(...three, ...promoted(1))
      .when(rollBack)
      .thenRefused({ kind: 'state', code: 'no-previous-production-version', field: 'name' }));
  it('is refused when nothing is in Production', () =>
    given(...three, ...promoted(1), moved(1, 'Production', 'Archived'))
      .when(rollBack)
      .thenRefused({ kind: 'state', code: 'no-production-version', field: 'name' }));
});
