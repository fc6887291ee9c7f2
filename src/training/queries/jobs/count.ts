import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '../../../projection/index.js';
import { JOB_STATUSES, JobStatus } from '../../job/state.js';
import { TrainingSchema } from './table.js';

/** How many jobs are in each state; every state is there, also with none. */
export class CountTrainingJobs extends Query<ReadonlyMap<JobStatus, number>> {}

@QueryHandler(CountTrainingJobs)
export class CountTrainingJobsHandler implements IQueryHandler<CountTrainingJobs> {
  constructor(private readonly readModels: ReadModels) {}

  async execute(): Promise<ReadonlyMap<JobStatus, number>> {
    const rows = await this.readModels
      .db<TrainingSchema>()
      .selectFrom('training_jobs')
      .select(({ fn }) => ['state', fn.countAll<number>().as('jobs')])
      .groupBy('state')
      .execute();
    const found = new Map(rows.map(({ state, jobs }) => [state, jobs]));
    return new Map(JOB_STATUSES.map((state) => [state, found.get(state) ?? 0]));
  }
}
