import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { ReadModels } from '../../../projection/index.js';
import { ExperimentDatasetRow, RunTables } from '../runs/table.js';

/** Which data sets, in which role, the runs of some experiments used. */
export class SearchDatasets extends Query<readonly ExperimentDatasetRow[]> {
  constructor(readonly experimentIds: readonly string[]) {
    super();
  }
}

/** As many as MLflow answers; there is no page after it. */
const MOST = 1000;

@QueryHandler(SearchDatasets)
export class SearchDatasetsHandler implements IQueryHandler<SearchDatasets> {
  constructor(private readonly models: ReadModels) {}
  execute({ experimentIds }: SearchDatasets): Promise<readonly ExperimentDatasetRow[]> {
    const ids = JSON.stringify(experimentIds);
    return this.models
      .db<RunTables>()
      .selectFrom('experiment_datasets')
      .selectAll()
      .where(sql<boolean>`experiment_id IN (SELECT value FROM json_each(${ids}))`)
      .orderBy('experiment_id')
      .orderBy('name')
      .orderBy('digest')
      .orderBy('context')
      .limit(MOST)
      .execute();
  }
}
