import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { errors, never } from '../../../core/index.js';
import {
  findAmongFew,
  findPage,
  isQuick,
  PreparedSearch,
  prepareSearch,
  RUNS,
  SearchInput,
} from '../../../mlflow/index.js';
import { Queries, ReadModels } from '../../../projection/index.js';
import { invalidExperimentId, isExperimentId } from '../../experiment/experiment-reader.js';
import { DatasetInput } from '../../run/events.js';
import type { ViewType } from '../experiments/query.js';
import { ExperimentRow } from '../experiments/table.js';
import {
  INPUTS_OF_RUNS,
  METRICS_OF_RUNS,
  MODELS_OF_RUNS,
  PARAMS_OF_RUNS,
  RUNS_BY_ID,
  SEARCHED,
  TAGS_OF_RUNS,
} from './prepared.js';
import { RUN_SOURCE } from './source.js';
import { InputRow, MetricRow, ParamRow, RunModelRow, RunRow } from './table.js';

export interface RunView {
  readonly run: RunRow;
  /** The run itself or the experiment around it is deleted. */
  readonly deleted: boolean;
  readonly params: readonly ParamRow[];
  readonly tags: readonly ParamRow[];
  readonly metrics: readonly MetricRow[];
  readonly inputs: readonly DatasetInput[];
  readonly models: readonly RunModelRow[];
}

export class GetRun extends Query<RunView> {
  constructor(readonly runId: string) {
    super();
  }
}
export interface SearchRunsInput extends SearchInput {
  readonly experimentIds: readonly string[];
  readonly view: ViewType;
}

export class SearchRuns extends Query<{ runs: readonly RunView[]; nextPageToken?: string }> {
  constructor(readonly input: SearchRunsInput) {
    super();
  }
}
type Found = RunRow & { experiment_deleted: number };

const among = (column: string, ids: readonly string[]) =>
  sql<boolean>`${sql.ref(column)} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** The rows of many runs come in one query a table, however many runs there are. */
async function complete(models: Queries, found: readonly Found[]): Promise<readonly RunView[]> {
  if (found.length === 0) return [];
  const ids = { ids: JSON.stringify(found.map((run) => run.run_id)) };
  const [params, tags, metrics, inputs, ofModels] = await Promise.all([
    models.all(PARAMS_OF_RUNS, ids),
    models.all(TAGS_OF_RUNS, ids),
    models.all(METRICS_OF_RUNS, ids),
    models.all(INPUTS_OF_RUNS, ids),
    models.all(MODELS_OF_RUNS, ids),
  ]);
  const [ofParams, ofTags, ofMetrics, ofInputs] = [byRun(params), byRun(tags), byRun(metrics), byRun<InputRow>(inputs)];
  const modelsOf = byRun<RunModelRow>(ofModels);
  return found.map(({ experiment_deleted, ...run }) => ({
    run,
    deleted: run.deleted === 1 || experiment_deleted === 1,
    params: ofParams(run.run_id),
    tags: ofTags(run.run_id),
    metrics: ofMetrics(run.run_id),
    inputs: ofInputs(run.run_id).map(({ input }) => JSON.parse(input) as DatasetInput),
    models: modelsOf(run.run_id),
  }));
}

function byRun<Row extends { readonly run_id: string }>(rows: readonly Row[]): (runId: string) => readonly Row[] {
  const groups = Map.groupBy(rows, (row) => row.run_id);
  return (runId) => groups.get(runId) ?? [];
}

export const runNotFound = (runId: string) =>
  errors.notFound('run-not-found', `Run with id=${runId} not found`, 'run_id');

@QueryHandler(GetRun)
export class GetRunHandler implements IQueryHandler<GetRun> {
  constructor(private readonly models: ReadModels) {}
  async execute({ runId }: GetRun): Promise<RunView> {
    const [found] = await this.models.all(RUNS_BY_ID, { ids: JSON.stringify([runId]) });
    if (!found) throw runNotFound(runId);
    return (await complete(this.models, [found]))[0]!;
  }
}

/** Runs that are sooner read by their keys here than handed over from a thread. */
const FEW = 200;
/** Runs that are counted before a search: with more of them, it is left to a thread. */
const COUNTED = 1000;

@QueryHandler(SearchRuns)
export class SearchRunsHandler implements IQueryHandler<SearchRuns> {
  constructor(private readonly models: ReadModels) {}

  /** First the page's place in the order, from the index alone where it is the default one; then its runs. */
  async execute({ input }: SearchRuns) {
    const { experimentIds, view } = input;
    const wrong = experimentIds.find((id) => !isExperimentId(id));
    if (wrong !== undefined) throw invalidExperimentId(wrong, 'experiment_ids');
    const most = Math.ceil(COUNTED / Math.max(1, experimentIds.length));
    const experiments = await this.models.all(SEARCHED, { ids: JSON.stringify(experimentIds), most });
    const search = prepareSearch(input, RUNS, { scope: scopeOf(experiments, view), about: [experimentIds, view] });
    const { ids, nextPageToken } = await this.find(search, runsOf(experiments, most));
    const models = ids.length > FEW ? this.models.searches : this.models;
    const found = await models.all(RUNS_BY_ID, { ids: JSON.stringify(ids) });
    const byId = new Map(found.map((run) => [run.run_id, run]));
    const runs = await complete(
      models,
      ids.flatMap((id) => byId.get(id) ?? []),
    );
    return nextPageToken === undefined ? { runs } : { runs, nextPageToken };
  }

  private find(search: PreparedSearch, runs: number) {
    return isQuick(search, runs)
      ? findAmongFew<string>(this.models.db(), RUN_SOURCE, search)
      : findPage<string>(this.models.searches.db(), RUN_SOURCE, search);
  }
}

type Searched = ExperimentRow & { readonly runs: number };

/** So many runs can a search look at; where they were not counted to the end, any number. */
const runsOf = (experiments: readonly Pick<Searched, 'runs'>[], most: number): number =>
  experiments.reduce((sum, { runs }) => sum + (runs < most ? runs : Infinity), 0);

/** Runs of a deleted experiment are deleted, whatever they are by themselves. */
function scopeOf(experiments: readonly Pick<Searched, 'experiment_id' | 'deleted'>[], view: ViewType) {
  const ids = (rows: typeof experiments) => rows.map((row) => row.experiment_id);
  const [active, deleted] = [experiments.filter((row) => !row.deleted), experiments.filter((row) => row.deleted)];
  switch (view) {
    case 'ACTIVE_ONLY':
      return sql<boolean>`${inside(ids(active))} AND runs.deleted = 0`;
    case 'DELETED_ONLY':
      return sql<boolean>`${inside(ids(experiments))} AND (runs.deleted = 1 OR ${inside(ids(deleted))})`;
    case 'ALL':
      return inside(ids(experiments));
    default:
      return never(view);
  }
}

/** One experiment by equality: then its runs come out of the index in order, and the scan ends with the page. */
const inside = (ids: readonly string[]) =>
  ids.length === 1 ? sql<boolean>`runs.experiment_id = ${ids[0]}` : among('runs.experiment_id', ids);
