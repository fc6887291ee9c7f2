import fc from 'fast-check';
import { Agreeing } from '../../mlflow/search/testing/agreement.js';
import { aText, aTime, differing, some } from '../../mlflow/search/testing/data.js';
import { Value, WantOrder } from '../../mlflow/search/testing/naive.js';
import { orderTexts, SearchTables } from '../../mlflow/search/testing/tables.js';
import { listed, presence, spoken, textual, timed, want } from '../../mlflow/search/testing/wants.js';
import { sqlBuilder } from '../../projection/index.js';
import { readModelsOver } from '../../projection/testing/read-models-over.js';
import { experimentsProjection } from '../queries/experiments/projection.js';
import { SearchExperiments, SearchExperimentsHandler, ViewType } from '../queries/experiments/query.js';

export interface SearchedExperiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly deleted: boolean;
  readonly creation_time: number;
  readonly last_update_time: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** As texts they sort otherwise than as numbers. */
const anId = fc.integer({ min: 0, max: 25 }).map(String);

export const experimentsWith = (value: fc.Arbitrary<string>): fc.Arbitrary<SearchedExperiment[]> =>
  differing(
    fc.record({
      experiment_id: anId,
      name: aText,
      deleted: fc.boolean(),
      creation_time: aTime,
      last_update_time: aTime,
      tags: some(value),
    }),
    ({ experiment_id }) => experiment_id,
  );

const wants = fc.oneof(
  textual('attributes', 'name'),
  want('attributes', 'experiment_id', ['=', '!='], anId),
  listed('attributes', 'experiment_id', anId),
  timed(fc.constantFrom('creation_time', 'last_update_time')),
  textual('tags'),
  presence('tags'),
);
const PREFIXES = { attributes: ['', 'attribute'], tags: ['tag', 'tags'] };

const by = (key: string, descending: boolean): WantOrder => ({ entity: 'attributes', key, descending });
const aName = fc.constantFrom('name', 'experiment_id', 'creation_time', 'last_update_time');

export const SEARCHED_EXPERIMENTS: Agreeing<SearchedExperiment, ViewType> = {
  items: experimentsWith(aText),
  scopes: fc.constantFrom<ViewType[]>('ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'),
  wants: spoken(wants, PREFIXES),
  orders: fc.tuple(aName, fc.boolean()).map(([key, descending]) => by(key, descending)),
  id: ({ experiment_id }) => experiment_id,
  inScope: ({ deleted }, view) => view === 'ALL' || deleted === (view === 'DELETED_ONLY'),
  values: ({ tags, ...experiment }, { entity, key }): readonly Value[] => {
    if (entity === 'tags') return Object.hasOwn(tags, key) ? [tags[key]!] : [];
    return [experiment[key as 'name' | 'creation_time']];
  },
  sortValue: (experiment, { key }) =>
    key === 'experiment_id' ? Number(experiment.experiment_id) : experiment[key as 'name' | 'creation_time'],
  byDefault: [by('creation_time', true), by('experiment_id', false)],
  ties: [by('experiment_id', true)],
  open: (experiments) => new ExperimentSearchLab(experiments),
};

class ExperimentSearchLab extends SearchTables {
  private readonly handler = new SearchExperimentsHandler(readModelsOver(this.db));

  constructor(experiments: readonly SearchedExperiment[]) {
    super(experimentsProjection.schema(sqlBuilder<unknown>().schema));
    for (const experiment of experiments) this.add(experiment);
  }

  add({ experiment_id, name, deleted, creation_time, last_update_time, tags }: SearchedExperiment): void {
    this.put('experiments', {
      experiment_id,
      number: Number(experiment_id),
      name,
      artifact_location: `mlflow-artifacts:/${experiment_id}`,
      deleted: deleted ? 1 : 0,
      created: creation_time,
      updated: last_update_time,
    });
    this.putTexts('experiment_tags', { experiment_id }, tags);
  }

  /** Harder than life: an experiment that is deleted only changes its view. */
  remove({ experiment_id }: SearchedExperiment): void {
    this.run('DELETE FROM experiments WHERE experiment_id = ?', experiment_id);
    this.run('DELETE FROM experiment_tags WHERE experiment_id = ?', experiment_id);
  }

  readonly page: ReturnType<(typeof SEARCHED_EXPERIMENTS)['open']>['page'] = async ({ orders, ...asked }, view) => {
    const query = new SearchExperiments({ ...asked, orderBy: orderTexts(orders, false), view });
    const { experiments, ...more } = await this.handler.execute(query);
    return { ids: experiments.map(({ experiment_id }) => experiment_id), ...more };
  };
}
