import { Query, QueryHandler, IQueryHandler } from '@nestjs/cqrs';
import { errors, NamePattern } from '../../../core/index.js';
import { named, ReadModels } from '../../../projection/index.js';
import { JobStatus } from '../../job/state.js';
import { TrainingSchema } from './table.js';
import { toView, TrainingJobView } from './wire.js';

export class GetTrainingJob extends Query<TrainingJobView> {
  constructor(readonly jobId: string) {
    super();
  }
}

export interface TrainingJobPage {
  readonly jobs: readonly TrainingJobView[];
  /** Where the next page begins; absent on the last one. */
  readonly next_page_token?: string;
}

/** Newest first. A cursor stays right while jobs come and change: it is a place in the log. */
export class ListTrainingJobs extends Query<TrainingJobPage> {
  constructor(
    readonly input: {
      readonly state?: JobStatus;
      readonly limit: number;
      readonly pageToken?: string;
      /** Names of experiments that may be seen. */
      readonly within?: readonly NamePattern[];
    },
  ) {
    super();
  }
}

@QueryHandler(GetTrainingJob)
export class GetTrainingJobHandler implements IQueryHandler<GetTrainingJob> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ jobId }: GetTrainingJob): Promise<TrainingJobView> {
    const db = this.readModels.db<TrainingSchema>();
    const row = await db.selectFrom('training_jobs').selectAll().where('job_id', '=', jobId).executeTakeFirst();
    if (!row) throw errors.notFound('job-not-found', `there is no training job ${JSON.stringify(jobId)}`, 'job_id');
    return toView(row);
  }
}

@QueryHandler(ListTrainingJobs)
export class ListTrainingJobsHandler implements IQueryHandler<ListTrainingJobs> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ input: { state, limit, pageToken, within } }: ListTrainingJobs): Promise<TrainingJobPage> {
    const before = pageToken === undefined ? Number.MAX_SAFE_INTEGER : readToken(pageToken);
    let query = this.readModels
      .db<TrainingSchema>()
      .selectFrom('training_jobs')
      .selectAll()
      .where('requested_position', '<', before)
      .where(named('experiment_name', within))
      .orderBy('requested_position', 'desc')
      .limit(limit + 1);
    if (state !== undefined) query = query.where('state', '=', state);
    const rows = await query.execute();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      jobs: page.map(toView),
      next_page_token: rows.length > limit && last ? toToken(last.requested_position) : undefined,
    };
  }
}

const toToken = (position: number): string => Buffer.from(`j${position}`).toString('base64url');

function readToken(token: string): number {
  const match = /^j(\d{1,16})$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
  if (!match)
    throw errors.invalid(
      'invalid-page-token',
      'page_token must be the next_page_token of an earlier page',
      'page_token',
    );
  return Number(match[1]);
}
