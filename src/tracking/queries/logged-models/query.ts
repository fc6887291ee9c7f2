import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import {
  findPage,
  LOGGED_MODELS,
  LoggedModelOrder,
  parseLoggedModelOrder,
  prepareSearch,
} from '../../../mlflow/index.js';
import type { LoggedModelId, RunId } from '../../../core/index.js';
import { ReadModels } from '../../../projection/index.js';
import { invalidExperimentId, isExperimentId } from '../../experiment/experiment-reader.js';
import { loggedModelNotFound } from '../../logged-model/logged-model-reader.js';
import { anyMetricOn, loggedModelSource } from './source.js';
import { LoggedModelMetricRow, LoggedModelRow, LoggedModelTables, LoggedModelTextRow } from './table.js';

export interface LoggedModelView {
  readonly model: LoggedModelRow;
  readonly params: readonly LoggedModelTextRow[];
  readonly tags: readonly LoggedModelTextRow[];
  readonly metrics: readonly LoggedModelMetricRow[];
}

export class GetLoggedModel extends Query<LoggedModelView> {
  constructor(
    readonly modelId: string,
    readonly allowDeleted = false,
  ) {
    super();
  }
}
/** The newest with this name that a run logged; `undefined` when there is none. */
export class FindLoggedModelOfRun extends Query<LoggedModelId | undefined> {
  constructor(
    readonly runId: RunId,
    readonly name: string,
  ) {
    super();
  }
}
/** Without a digest any version of the data set will do. */
export interface DatasetRef {
  readonly name: string;
  readonly digest?: string;
}
export interface SearchLoggedModelsInput {
  readonly experimentIds: readonly string[];
  readonly filter?: string;
  /** Metrics are looked at as they were measured on these. */
  readonly datasets: readonly DatasetRef[];
  readonly orderBy?: readonly LoggedModelOrder[];
  readonly limit: number;
  readonly pageToken?: string;
}
export class SearchLoggedModels extends Query<{ models: readonly LoggedModelView[]; nextPageToken?: string }> {
  constructor(readonly input: SearchLoggedModelsInput) {
    super();
  }
}

const among = (column: string, ids: readonly string[]) =>
  sql<boolean>`${sql.ref(column)} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** The rows of many models come in one query a table, however many models there are. */
async function complete(models: ReadModels, rows: readonly LoggedModelRow[]): Promise<readonly LoggedModelView[]> {
  if (rows.length === 0) return [];
  const db = models.db<LoggedModelTables>();
  const ofThese = among(
    'model_id',
    rows.map((row) => row.model_id),
  );
  const [params, tags, metrics] = await Promise.all([
    db.selectFrom('logged_model_params').selectAll().where(ofThese).orderBy('model_id').orderBy('key').execute(),
    db.selectFrom('logged_model_tags').selectAll().where(ofThese).orderBy('model_id').orderBy('key').execute(),
    db
      .selectFrom('logged_model_metrics')
      .selectAll()
      .where(ofThese)
      .orderBy(sql`rowid`)
      .execute(),
  ]);
  const [ofParams, ofTags, ofMetrics] = [byModel(params), byModel(tags), byModel(metrics)];
  return rows.map((model) => {
    const { model_id: id } = model;
    return { model, params: ofParams(id), tags: ofTags(id), metrics: ofMetrics(id) };
  });
}

function byModel<Row extends { readonly model_id: string }>(rows: readonly Row[]): (id: string) => readonly Row[] {
  const groups = Map.groupBy(rows, (row) => row.model_id);
  return (id) => groups.get(id) ?? [];
}

@QueryHandler(GetLoggedModel)
export class GetLoggedModelHandler implements IQueryHandler<GetLoggedModel> {
  constructor(private readonly models: ReadModels) {}
  async execute({ modelId, allowDeleted }: GetLoggedModel): Promise<LoggedModelView> {
    const found = await this.models
      .db<LoggedModelTables>()
      .selectFrom('logged_models')
      .selectAll()
      .where('model_id', '=', modelId)
      .executeTakeFirst();
    if (!found || (found.deleted === 1 && !allowDeleted)) throw loggedModelNotFound(modelId);
    return (await complete(this.models, [found]))[0]!;
  }
}

@QueryHandler(FindLoggedModelOfRun)
export class FindLoggedModelOfRunHandler implements IQueryHandler<FindLoggedModelOfRun> {
  constructor(private readonly models: ReadModels) {}
  async execute({ runId, name }: FindLoggedModelOfRun): Promise<LoggedModelId | undefined> {
    const found = await this.models
      .db<LoggedModelTables>()
      .selectFrom('logged_models')
      .select('model_id')
      .where('source_run_id', '=', runId)
      .where('name', '=', name)
      .where('deleted', '=', 0)
      .orderBy('creation_timestamp', 'desc')
      .orderBy('model_id', 'desc')
      .executeTakeFirst();
    return found?.model_id as LoggedModelId | undefined;
  }
}

@QueryHandler(SearchLoggedModels)
export class SearchLoggedModelsHandler implements IQueryHandler<SearchLoggedModels> {
  constructor(private readonly models: ReadModels) {}

  /** First the page's models in order, then what belongs to them. */
  async execute({ input }: SearchLoggedModels) {
    const { experimentIds, datasets, orderBy, ...asked } = input;
    const wrong = experimentIds.find((id) => !isExperimentId(id));
    if (wrong !== undefined) throw invalidExperimentId(wrong, 'experiment_ids');
    const scope = sql<boolean>`logged_models.deleted = 0 AND ${among('logged_models.experiment_id', experimentIds)}`;
    const search = prepareSearch(
      asked,
      LOGGED_MODELS,
      { scope: sql<boolean>`${scope} AND ${anyMetricOn(datasets)}`, about: [experimentIds, datasets] },
      parseLoggedModelOrder(orderBy),
    );
    const { ids, nextPageToken } = await findPage<string>(
      this.models.searches.db<unknown>(),
      loggedModelSource(datasets),
      search,
    );
    const rows = await this.models
      .db<LoggedModelTables>()
      .selectFrom('logged_models')
      .selectAll()
      .where(among('model_id', ids))
      .execute();
    const byId = new Map(rows.map((row) => [row.model_id, row]));
    const models = await complete(
      this.models,
      ids.flatMap((id) => byId.get(id) ?? []),
    );
    return nextPageToken === undefined ? { models } : { models, nextPageToken };
  }
}
