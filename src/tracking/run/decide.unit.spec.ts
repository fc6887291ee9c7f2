import { describe, expect, it } from '@jest/globals';
import { ExperimentId } from '../../core/index.js';
import {
  base,
  deleted,
  ended,
  given,
  log,
  nameTag,
  params,
  renamed,
  restored,
  resumed,
  sealed,
  start,
  started,
  startTime,
  tags,
} from '../testing/run-words.js';
import { metricsStream, runStream } from './decide.js';
import { RunEvent, RunStatus, TextPart } from './events.js';

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
  it('refuses tags that do not fit into its event together with its name', () => {
    const tags = Array.from({ length: 8 }, (_, at) => ({ key: `k${at}`, value: 'x'.repeat(100_000) }));
    given()
      .when({ ...start, name: 'n'.repeat(90_000), tags })
      .thenRefused({ kind: 'invalid', code: 'too-large', field: 'tags' });
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
      .when({ ...start, tags: [{ key: 'k', value: 'v'.repeat(100_001) }] })
      .thenRefused({ code: 'too-long', field: 'tags[0].value' });
    given()
      .when({ ...start, name: 'n'.repeat(100_001) })
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
  it('have at most 100,000 characters', () => {
    given(started)
      .when({ type: 'update', name: 'n'.repeat(100_001) })
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
  it('have more tags than go into an event with the rest of them only if somebody means harm', () => {
    const tags = Array.from({ length: 600 }, (_, at) => ({ key: `k${at}`, value: 'v'.repeat(490) }));
    given(started)
      .when({ type: 'log-inputs', inputs: [input, { ...input, digest: 'x', tags }] })
      .thenRefused({ code: 'too-large', field: 'datasets[1].tags' });
  });
  it('that are too many for one event go into several', () => {
    const wide = (digest: string) => ({ ...input, digest, schema: 's'.repeat(300_000) });
    given(started)
      .when({ type: 'log-inputs', inputs: [wide('1'), wide('2'), wide('3')] })
      .then(inputs(wide('1'), wide('2')), inputs(wide('3')));
  });
  it('name no text that is not recorded in all its parts', () => {
    const [first, second] = [0, 1].map((part) => ({ sha256: 'a'.repeat(64), part, text: `${part}` }));
    const recorded = (...texts: TextPart[]): RunEvent => ({ type: 'InputTextsRecorded', data: { ...base, texts } });
    const wide = { ...input, schemaText: { sha256: 'a'.repeat(64), parts: 2 } };
    given(started)
      .when({ type: 'record-input-texts', texts: [first!, second!] })
      .then(recorded(first!, second!));
    given(started, recorded(first!))
      .when({ type: 'record-input-texts', texts: [first!, second!] })
      .then(recorded(second!));
    given(started, recorded(first!))
      .when({ type: 'log-inputs', inputs: [wide] })
      .thenRefused({ kind: 'state', code: 'input-text-missing', field: 'datasets' });
    given(started, recorded(first!), recorded(second!))
      .when({ type: 'log-inputs', inputs: [wide] })
      .then(inputs(wide));
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
