import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { NamePattern } from '../../../core/index.js';
import { named, ReadModels } from '../../../projection/index.js';
import { ExperimentTables } from './table.js';

/** Those of the experiments that somebody may see; in the order in which they were asked for. */
export class SeenExperiments extends Query<readonly string[]> {
  constructor(
    readonly ids: readonly string[],
    readonly within: readonly NamePattern[] | undefined,
  ) {
    super();
  }
}

@QueryHandler(SeenExperiments)
export class SeenExperimentsHandler implements IQueryHandler<SeenExperiments> {
  constructor(private readonly models: ReadModels) {}

  async execute({ ids, within }: SeenExperiments): Promise<readonly string[]> {
    if (within === undefined) return ids;
    const seen = await this.models
      .db<ExperimentTables>()
      .selectFrom('experiments')
      .select('experiment_id')
      .where(sql<boolean>`experiment_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
      .where(named('name', within))
      .execute();
    const known = new Set(seen.map(({ experiment_id }) => experiment_id));
    return ids.filter((id) => known.has(id));
  }
}
