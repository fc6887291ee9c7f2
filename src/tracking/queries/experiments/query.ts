import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { errors } from '../../../core/index.js';
import { invalidExperimentId, isExperimentId } from '../../experiment/experiment-reader.js';
import { ReadModels } from '../../../projection/index.js';
import { after, decodeCursor, encodeCursor } from '../cursor.js';
import { OrderBy } from '../order.js';
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
export interface SearchExperimentsInput {
  readonly view: ViewType;
  readonly limit: number;
  readonly order?: ExperimentOrder;
  readonly pageToken?: string;
}
export class SearchExperiments extends Query<{ experiments: readonly ExperimentView[]; nextPageToken?: string }> {
  constructor(readonly input: SearchExperimentsInput) {
    super();
  }
}
export type ExperimentOrder = OrderBy<'created' | 'updated' | 'name' | 'number'>;
const NEWEST_FIRST: ExperimentOrder = { column: 'created', direction: 'desc' };
const BY_ID = { column: 'number', direction: 'asc' } as const;

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
  async execute({ input: { view, limit, order: first = NEWEST_FIRST, pageToken } }: SearchExperiments) {
    const order = [first, BY_ID];
    let query = this.models.db<ExperimentTables>().selectFrom('experiments').selectAll();
    if (view !== 'ALL') query = query.where('deleted', '=', view === 'DELETED_ONLY' ? 1 : 0);
    if (pageToken) query = query.where(after(order, decodeCursor(order, pageToken)));
    const rows = await query
      .orderBy(first.column, first.direction)
      .orderBy('number')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const experiments = await withTags(this.models, page);
    return rows.length > limit && last
      ? { experiments, nextPageToken: encodeCursor(order, [last[first.column], last.number]) }
      : { experiments };
  }
}
