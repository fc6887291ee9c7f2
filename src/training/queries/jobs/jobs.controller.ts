import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { CUSTODY_API, Requires } from '../../../http/index.js';
import { ListTrainingJobsRequest } from './jobs.request.js';
import { GetTrainingJob, ListTrainingJobs, TrainingJobPage } from './query.js';
import { TrainingJobView } from './wire.js';

const DEFAULT_PAGE = 100;

@ApiTags('training')
@Controller(`${CUSTODY_API}/training-jobs`)
export class TrainingJobsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Requires('job:read')
  list(@Query() { state, max_results, page_token }: ListTrainingJobsRequest): Promise<TrainingJobPage> {
    return this.queries.execute(
      new ListTrainingJobs({ state, limit: max_results ?? DEFAULT_PAGE, pageToken: page_token }),
    );
  }

  @Get(':id')
  @Requires('job:read')
  get(@Param('id') id: string): Promise<TrainingJobView> {
    return this.queries.execute(new GetTrainingJob(id));
  }
}
