import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { errors, NamePattern, never } from '../../../core/index.js';
import { EXPERIMENTS, findPage, prepareSearch, SearchInput } from '../../../mlflow/index.js';
import { invalidExperimentId, isExperimentId } from '../../experiment/experiment-reader.js';
import { named, ReadModels } from '../../../projection/index.js';
import { EXPERIMENT_SOURCE } from './source.js';
import { ExperimentRow, ExperimentTables, ExperimentTagRow } from './table.js';

export interface ExperimentView extends ExperimentRow {
  readonly tags: readonly ExperimentTagRow[];
}
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

export class GetExperiment extends Query<ExperimentView> {
  constructor(readonly by: { readonly id: string } | { readonly name: string }) {
    super();
  }
}
export interface SearchExperimentsInput extends SearchInput {
  readonly view: ViewType;
  /** Names that may be seen. */
  readonly within?: readonly NamePattern[];
}
export class SearchExperiments extends Query<{ experiments: readonly ExperimentView[]; nextPageToken?: string }> {
  constructor(readonly input: SearchExperimentsInput) {
    super();
  }
}
async function withTags(models: ReadModels, rows: readonly ExperimentRow[]): Promise<readonly ExperimentView[]> {
  if (rows.length === 0) return [];
  const ids = JSON.stringify(rows.map((row) => row.experiment_id));
  const tags = await models
    .db<ExperimentTables>()
    .selectFrom('experiment_tags')
    .selectAll()
    .where(sql<boolean>`experiment_id IN (SELECT value FROM json_each(${ids}))`)
    .orderBy('experiment_id')
    .orderBy('key')
    .execute();
  const byExperiment = Map.groupBy(tags, (tag) => tag.experiment_id);
  return rows.map((row) => ({ ...row, tags: byExperiment.get(row.experiment_id) ?? [] }));
}

@QueryHandler(GetExperiment)
export class GetExperimentHandler implements IQueryHandler<GetExperiment> {
  constructor(private readonly models: ReadModels) {}
  async execute({ by }: GetExperiment): Promise<ExperimentView> {
    if ('id' in by && !isExperimentId(by.id)) throw invalidExperimentId(by.id);
    const all = this.models.db<ExperimentTables>().selectFrom('experiments').selectAll();
    const row = await (
      'id' in by ? all.where('experiment_id', '=', by.id) : all.where('name', '=', by.name)
    ).executeTakeFirst();
    if (!row) {
      throw 'id' in by
        ? errors.notFound('experiment-not-found', `No Experiment with id=${by.id} exists`, 'experiment_id')
        : errors.notFound(
            'experiment-not-found',
            `Could not find experiment with name '${by.name}'`,
            'experiment_name',
          );
    }
    return (await withTags(this.models, [row]))[0]!;
  }
}

@QueryHandler(SearchExperiments)
export class SearchExperimentsHandler implements IQueryHandler<SearchExperiments> {
  constructor(private readonly models: ReadModels) {}
  async execute({ input }: SearchExperiments) {
    const scope = sql<boolean>`${seenBy(input.view)} AND ${named('experiments.name', input.within)}`;
    const search = prepareSearch(input, EXPERIMENTS, { scope, about: input.view });
    const { ids, nextPageToken } = await findPage<string>(
      this.models.searches.db<unknown>(),
      EXPERIMENT_SOURCE,
      search,
    );
    const rows = await this.models
      .db<ExperimentTables>()
      .selectFrom('experiments')
      .selectAll()
      .where(sql<boolean>`experiment_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
      .execute();
    const byId = new Map(rows.map((row) => [row.experiment_id, row]));
    const experiments = await withTags(
      this.models,
      ids.flatMap((id) => byId.get(id) ?? []),
    );
    return nextPageToken === undefined ? { experiments } : { experiments, nextPageToken };
  }
}

function seenBy(view: ViewType) {
  switch (view) {
    case 'ACTIVE_ONLY':
      return sql<boolean>`experiments.deleted = 0`;
    case 'DELETED_ONLY':
      return sql<boolean>`experiments.deleted = 1`;
    case 'ALL':
      return sql<boolean>`TRUE`;
    default:
      return never(view);
  }
}
