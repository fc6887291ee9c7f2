import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { keysetAfter, readToken, writeToken } from '../../../mlflow/index.js';
import { ReadModels } from '../../../projection/index.js';
import { DatasetRow, DatasetTables } from './table.js';

export class ListDatasets extends Query<{ datasets: readonly DatasetRow[]; nextPageToken?: string }> {
  constructor(readonly input: { readonly limit: number; readonly pageToken?: string }) {
    super();
  }
}

const NEWEST_FIRST = [
  { sql: sql.ref('registered'), direction: 'desc' },
  { sql: sql.ref('dataset_id'), direction: 'asc' },
] as const;
const ABOUT = 'data sets';

@QueryHandler(ListDatasets)
export class ListDatasetsHandler implements IQueryHandler<ListDatasets> {
  constructor(private readonly models: ReadModels) {}
  async execute({ input: { limit, pageToken } }: ListDatasets) {
    let query = this.models.db<DatasetTables>().selectFrom('datasets').selectAll();
    if (pageToken) query = query.where(keysetAfter(NEWEST_FIRST, readToken(ABOUT, NEWEST_FIRST.length, pageToken)));
    const rows = await query
      .orderBy('registered', 'desc')
      .orderBy('dataset_id')
      .limit(limit + 1)
      .execute();
    const datasets = rows.slice(0, limit);
    const last = datasets.at(-1);
    return rows.length > limit && last
      ? { datasets, nextPageToken: writeToken(ABOUT, [last.registered, last.dataset_id]) }
      : { datasets };
  }
}
