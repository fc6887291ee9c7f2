import { describe, expect, it } from '@jest/globals';
import { ExperimentId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { experimentDecider, experimentStream } from './decide.js';
import { ExperimentEvent, Tag } from './events.js';

const { given } = specFor(experimentDecider);
const experimentId = '7' as ExperimentId;
const named = { experimentId, name: 'LIMS' };
const create = { type: 'create' as const, ...named, tags: [] as readonly Tag[] };
const created = (tags: readonly Tag[] = []): ExperimentEvent => ({
  type: 'ExperimentCreated',
  data: { ...named, tags },
});
const deleted: ExperimentEvent = { type: 'ExperimentDeleted', data: named };
const restored: ExperimentEvent = { type: 'ExperimentRestored', data: named };
const tag = { key: 'Project', value: 'Lab_Modernization' };
const name = 'LIMS';

describe('creating an experiment', () => {
  it('records its name, its tags and its artifact location', () => {
    const made = { ...named, artifactLocation: 's3://bucket/lims', tags: [tag] };
    given()
      .when({ ...create, ...made })
      .then({ type: 'ExperimentCreated', data: made });
  });
  it('is refused when it is there already, even deleted', () => {
    const refusal = { kind: 'already-exists', code: 'experiment-exists' } as const;
    given(created()).when(create).thenRefused(refusal);
    given(created(), deleted).when(create).thenRefused(refusal);
  });
  it('names the tag that is wrong', () => {
    const tags = [tag, { key: '../up', value: '' }];
    given()
      .when({ ...create, tags })
      .thenRefused({ code: 'invalid-key', field: 'tags[1].key' });
    given()
      .when({ ...create, tags: [{ key: 'k', value: 'v'.repeat(20_001) }] })
      .thenRefused({ code: 'too-long', field: 'tags[0].value' });
    given()
      .when({ ...create, tags: [{ key: 'k', value: 'v'.repeat(20_000) }] })
      .then(created([{ key: 'k', value: 'v'.repeat(20_000) }]));
  });
  it('refuses tags that no event has room for', () => {
    const tags = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: 'v'.repeat(20_000) }));
    given()
      .when({ ...create, tags })
      .thenRefused({ kind: 'invalid', code: 'too-large', field: 'tags' });
  });
  it.each([
    'mlflow-artifacts:/7',
    's3://bucket/path/to/it',
    'gs://bucket',
    'wasbs://container@account.blob.core.windows.net/x',
    'dbfs:/databricks/mlflow/7',
  ])('takes %s as an artifact location', (artifactLocation) => {
    given()
      .when({ ...create, artifactLocation })
      .then({ type: 'ExperimentCreated', data: { ...named, tags: [], artifactLocation } });
  });
  it.each([
    ['a path', '/var/lib/custody'],
    ['a relative path', 'mlruns/7'],
    ['a file', 'file:///etc/passwd'],
    ['a file in capitals', 'FILE:///etc/passwd'],
    ['a drive', 'C:/Windows'],
    ['a run', 'runs:/5f2c/model'],
    ['a model', 'models:/Lims/1'],
    ['a host of the writer', 'https://example.org/mlflow'],
    ['a host, by another scheme', 'FTP://example.org/x'],
    ['a host that keeps artifacts', 'mlflow-artifacts://example.org/7'],
    ['a way up', 's3://bucket/../other'],
    ['an encoded way up', 's3://bucket/%2e%2e/other'],
    ['a way up, encoded twice', 's3://bucket/%252e%252e/other'],
    ['an encoded slash', 's3://bucket/a%2Fb'],
    ['a backslash', 's3://bucket\\..\\x'],
    ['a query', 's3://bucket/x?y=z'],
    ['a fragment', 's3://bucket/x#y'],
    ['a control character', 's3://bucket/a\u0000b'],
    ['half a character', 's3://bucket/\ud800'],
    ['too long a location', `s3://${'b'.repeat(2048)}`],
    ['nothing', ''],
  ])('refuses %s as an artifact location', (_what, artifactLocation) => {
    given()
      .when({ ...create, artifactLocation })
      .thenRefused({ kind: 'invalid', field: 'artifact_location' });
  });
});

describe('deleting and restoring an experiment', () => {
  it('is recorded under the name it has today', () => {
    given(created())
      .when({ type: 'delete', name: 'Renamed' })
      .then({ type: 'ExperimentDeleted', data: { experimentId, name: 'Renamed' } });
    given(created(), deleted).when({ type: 'restore', name }).then(restored);
    given(created(), deleted, restored).when({ type: 'delete', name }).then(deleted);
  });
  it('refuses what has been done already', () => {
    given(created(), deleted).when({ type: 'delete', name }).thenRefused({ kind: 'not-found' });
    given(created()).when({ type: 'restore', name }).thenRefused({ kind: 'not-found' });
  });
});

describe("an experiment's tags", () => {
  it('are set, and set again only to another value', () => {
    given(created())
      .when({ type: 'set-tag', name, ...tag })
      .then({ type: 'ExperimentTagSet', data: { ...named, ...tag } });
    given(created([tag]))
      .when({ type: 'set-tag', name, ...tag })
      .thenNothing();
    given(created([tag]))
      .when({ type: 'set-tag', name, ...tag, value: 'other' })
      .then({ type: 'ExperimentTagSet', data: { ...named, ...tag, value: 'other' } });
  });
  it('are removed once', () => {
    const removed: ExperimentEvent = { type: 'ExperimentTagDeleted', data: { ...named, key: tag.key } };
    given(created([tag]))
      .when({ type: 'delete-tag', name, key: tag.key })
      .then(removed);
    given(created([tag]), removed)
      .when({ type: 'delete-tag', name, key: tag.key })
      .thenRefused({
        kind: 'not-found',
        code: 'tag-not-found',
        message: 'No tag with name: Project in experiment with id 7',
      });
  });
  it('have keys and values within limits', () => {
    given(created())
      .when({ type: 'set-tag', name, key: '', value: '' })
      .thenRefused({ code: 'missing-key', field: 'key' });
    given(created())
      .when({ type: 'set-tag', name, key: 'k', value: 'v'.repeat(20_001) })
      .thenRefused({
        code: 'too-long',
        field: 'value',
        message: "'value' exceeds the maximum length of 20000 characters: the value has 20001",
      });
  });
  it('of a deleted experiment stay as they are', () => {
    const refusal = {
      kind: 'state',
      message: "The experiment 7 must be in the 'active' state. Current state is deleted.",
    } as const;
    given(created([tag]), deleted)
      .when({ type: 'set-tag', name, ...tag })
      .thenRefused(refusal);
    given(created([tag]), deleted)
      .when({ type: 'delete-tag', name, key: tag.key })
      .thenRefused(refusal);
  });
});

it('an experiment that was never created takes nothing', () => {
  for (const command of [
    { type: 'delete', name },
    { type: 'restore', name },
    { type: 'set-tag', name, ...tag },
    { type: 'delete-tag', name, key: tag.key },
  ] as const) {
    given().when(command).thenRefused({ kind: 'not-found', code: 'experiment-not-found' });
  }
  expect(experimentStream(experimentId)).toBe('experiment-7');
});
