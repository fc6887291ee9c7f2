import { sql } from 'kysely';
import { param, prepared, sqlBuilder } from '../../../projection/index.js';
import { ExperimentTables } from '../experiments/table.js';
import { RunTables } from './table.js';

const build = sqlBuilder<RunTables & ExperimentTables>();
const OF_THESE = sql<boolean>`run_id IN (SELECT value FROM json_each(${param('ids')}))`;
export const RUNS_BY_ID = prepared(
  build
    .selectFrom('runs')
    .innerJoin('experiments', 'experiments.experiment_id', 'runs.experiment_id')
    .selectAll('runs')
    .select('experiments.deleted as experiment_deleted')
    .where(OF_THESE),
);
export const PARAMS_OF_RUNS = prepared(
  build.selectFrom('params').selectAll().where(OF_THESE).orderBy('run_id').orderBy('key'),
);
export const TAGS_OF_RUNS = prepared(
  build.selectFrom('run_tags').selectAll().where(OF_THESE).orderBy('run_id').orderBy('key'),
);
export const METRICS_OF_RUNS = prepared(
  build.selectFrom('latest_metrics').selectAll().where(OF_THESE).orderBy('run_id').orderBy('key'),
);
export const INPUTS_OF_RUNS = prepared(
  build.selectFrom('inputs').selectAll().where(OF_THESE).orderBy('run_id').orderBy('name').orderBy('digest'),
);
export const MODELS_OF_RUNS = prepared(
  build.selectFrom('run_models').selectAll().where(OF_THESE).orderBy('run_id').orderBy('model_id'),
);
/** The experiments of a search, and how many runs each has, up to `most`. */
export const SEARCHED = prepared(
  build
    .selectFrom('experiments')
    .select(['experiment_id', 'deleted'])
    .select(
      sql<number>`(SELECT count(*) FROM (SELECT 1 FROM runs WHERE runs.experiment_id = experiments.experiment_id LIMIT ${param('most')}))`.as(
        'runs',
      ),
    )
    .where(sql<boolean>`experiment_id IN (SELECT value FROM json_each(${param('ids')}))`),
);
