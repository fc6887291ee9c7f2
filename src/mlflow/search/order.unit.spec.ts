import { describe, expect, it } from '@jest/globals';
import { SEARCH_LIMITS } from './limits.js';
import { parseLoggedModelOrder } from './logged-models.js';
import { parseOrder } from './order.js';
import { EXPERIMENTS } from './vocabularies/experiments.js';
import { MODEL_VERSIONS, REGISTERED_MODELS } from './vocabularies/registry.js';
import { RUNS } from './vocabularies/runs.js';
import { OrderTerm } from './tree.js';
import { Vocabulary } from './vocabulary.js';

const said = (order: readonly OrderTerm[]) =>
  order.map(({ target, direction }) => {
    const name = target.kind === 'attribute' ? target.name : `${target.kind}.${target.key}`;
    return `${name} ${direction}`;
  });

describe('an order', () => {
  it.each([
    [RUNS, [], ['start_time desc', 'run_id asc']],
    [RUNS, ['metrics.acc DESC'], ['metric.acc desc', 'start_time desc', 'run_id asc']],
    [RUNS, ['params.`a b`', 'tags."x.y" asc'], ['param.a b asc', 'tag.x.y asc', 'start_time desc', 'run_id asc']],
    [RUNS, [' Created '], ['start_time asc', 'run_id asc']],
    [RUNS, ['attribute.run_id DESC'], ['run_id desc', 'start_time desc']],
    [EXPERIMENTS, [], ['creation_time desc', 'experiment_id asc']],
    [EXPERIMENTS, ['name'], ['name asc', 'experiment_id desc']],
    [REGISTERED_MODELS, ['timestamp DESC'], ['last_updated_timestamp desc', 'name asc']],
    [MODEL_VERSIONS, [], ['last_updated_timestamp desc', 'name asc', 'version_number desc']],
    [MODEL_VERSIONS, ['creation_timestamp'], ['creation_timestamp asc', 'name asc', 'version_number desc']],
  ])('of %o by %j ends in what settles every tie', (vocabulary, asked, full) =>
    expect(said(parseOrder(asked, vocabulary))).toEqual(full),
  );

  it.each<[Vocabulary, readonly string[], string]>([
    [RUNS, ['foo'], "at character 1, 'foo'"],
    [RUNS, ['constructor'], 'run_id, run_name'],
    [RUNS, ['datasets.name'], 'data set'],
    [RUNS, ['Run name'], 'at character 1'],
    [RUNS, ['start_time up'], "at character 12, 'up'"],
    [RUNS, ['start_time ASC x'], "at character 16, 'x'"],
    [RUNS, ['start_time, end_time'], "at character 11, ','"],
    [RUNS, ['start_time; DROP TABLE runs'], "at character 11, ';'"],
    [RUNS, [''], 'at the end'],
    [RUNS, ['metrics.a/b'], "at character 10, '/'"],
    [RUNS, ['created', 'start_time DESC'], 'contains duplicate fields'],
    [RUNS, Array.from({ length: SEARCH_LIMITS.orderTerms + 1 }, (_, at) => `tags.t${at}`), 'at most'],
    [RUNS, [`tags.\`${'x'.repeat(SEARCH_LIMITS.orderLength)}\``], 'at most'],
    [EXPERIMENTS, ['tags.x'], 'name, experiment_id'],
    [REGISTERED_MODELS, ['creation_timestamp'], 'name, timestamp'],
  ])('of %o by %j is refused', (vocabulary, asked, why) =>
    expect(() => parseOrder(asked, vocabulary)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        field: 'order_by',
        message: expect.stringContaining(why) as unknown as string,
      }),
    ),
  );
});

describe('an order of logged models', () => {
  it('names an attribute, or a metric and perhaps its data set', () => {
    const order = parseLoggedModelOrder([
      { field_name: 'metrics.acc.top', ascending: false, dataset_name: 'test', dataset_digest: 'd1' },
      { field_name: 'metrics.acc.top' },
      { field_name: 'creation_time' },
    ]);
    expect(order[0]).toEqual({
      target: { kind: 'metric', key: 'acc.top', dataset: { name: 'test', digest: 'd1' } },
      direction: 'desc',
    });
    expect(said(order).slice(1)).toEqual(['metric.acc.top asc', 'creation_timestamp asc', 'model_id asc']);
    expect(said(parseLoggedModelOrder(undefined))).toEqual(['creation_timestamp desc', 'model_id asc']);
  });
  it.each([
    [{}, 'order_by[0].field_name'],
    [{ field_name: 'params.x' }, 'order_by[0].field_name'],
    [{ field_name: 'toString' }, 'order_by[0].field_name'],
    [{ field_name: 'metrics.a', dataset_digest: 'd' }, 'order_by[0].dataset_digest'],
  ])('%j is refused', (item, field) =>
    expect(() => parseLoggedModelOrder([item])).toThrow(expect.objectContaining({ kind: 'invalid', field })),
  );
});
