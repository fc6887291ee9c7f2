import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { CustodyError } from '../../../core/index.js';
import { ReadModels } from '../../../projection/index.js';
import { noVersion } from '../../model/command.js';
import { Models } from '../../model/models.js';
import { Activities, ActivitiesSchema } from './table.js';

export interface ActivitiesPage {
  readonly activities: readonly Activities[];
  /** Position of the last one, when there are more. */
  readonly next?: number;
}

/** What happened around a version, the latest first. */
export class ListActivities extends Query<ActivitiesPage> {
  constructor(
    readonly input: {
      readonly name: string;
      readonly version: number;
      readonly limit: number;
      readonly before?: number;
    },
  ) {
    super();
  }
}

@QueryHandler(ListActivities)
export class ListActivitiesHandler implements IQueryHandler<ListActivities> {
  constructor(
    private readonly readModels: ReadModels,
    private readonly models: Models,
  ) {}

  async execute({ input: { name, version, limit, before } }: ListActivities): Promise<ActivitiesPage> {
    const modelId = await this.models.find(name);
    if (!(await this.models.load(modelId)).versions.has(version))
      throw new CustodyError(noVersion({ name, version }).refusal);
    const rows = await this.readModels
      .db<ActivitiesSchema>()
      .selectFrom('version_activities')
      .selectAll()
      .where('model_id', '=', modelId)
      .where('version', '=', version)
      .where('position', '<', before ?? Number.MAX_SAFE_INTEGER)
      .orderBy('position', 'desc')
      .limit(limit + 1)
      .execute();
    const activities = rows.slice(0, limit);
    const last = activities.at(-1);
    return rows.length > limit && last ? { activities, next: last.position } : { activities };
  }
}
