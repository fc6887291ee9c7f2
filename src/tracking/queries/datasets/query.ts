import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '../../../projection/index.js';
import { after, decodeCursor, encodeCursor } from '../cursor.js';
import { DatasetRow, DatasetTables } from './table.js';

export class ListDatasets extends Query<{ datasets: readonly DatasetRow[]; nextPageToken?: string }> {
  constructor(readonly input: { readonly limit: number; readonly pageToken?: string }) {
    super();
  }
}

const NEWEST_FIRST = [
  { column: 'registered', direction: 'desc' },
  { column: 'dataset_id', direction: 'asc' },
] as const;

@QueryHandler(ListDatasets)
export class ListDatasetsHandler implements IQueryHandler<ListDatasets> {
  constructor(private readonly models: ReadModels) {}
  async execute({ input: { limit, pageToken } }: ListDatasets) {
    let query = this.models.db<DatasetTables>().selectFrom('datasets').selectAll();
    if (pageToken) query = query.where(after(NEWEST_FIRST, decodeCursor(NEWEST_FIRST, pageToken)));
    const rows = await query
      .orderBy('registered', 'desc')
      .orderBy('dataset_id')
      .limit(limit + 1)
      .execute();
    const datasets = rows.slice(0, limit);
    const last = datasets.at(-1);
    return rows.length > limit && last
      ? { datasets, nextPageToken: encodeCursor(NEWEST_FIRST, [last.registered, last.dataset_id]) }
      : { datasets };
  }
}
