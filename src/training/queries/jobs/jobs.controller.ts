import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { ListTrainingJobsRequest } from './jobs.request.js';
import { GetTrainingJob, ListTrainingJobs, TrainingJobPage } from './query.js';
import { TrainingJobView } from './wire.js';

const DEFAULT_PAGE = 100;

@ApiTags('training')
@Controller(`${CUSTODY_API}/training-jobs`)
export class TrainingJobsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Requires('job:read', 'seen')
  list(
    @Caller() { reach }: CommandContext,
    @Query() { state, max_results, page_token }: ListTrainingJobsRequest,
  ): Promise<TrainingJobPage> {
    return this.queries.execute(
      new ListTrainingJobs({
        state,
        limit: max_results ?? DEFAULT_PAGE,
        pageToken: page_token,
        within: reach?.experiments,
      }),
    );
  }

  @Get(':id')
  @Requires('job:read', about.jobs('id'))
  get(@Param('id') id: string): Promise<TrainingJobView> {
    return this.queries.execute(new GetTrainingJob(id));
  }
}
