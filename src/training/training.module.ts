import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TrackingCoreModule } from '../tracking/index.js';
import { PrepareTraining } from './commands/request-training/prepare-training.js';
import { RequestTrainingController } from './commands/request-training/request-training.controller.js';
import { RequestTrainingHandler } from './commands/request-training/request-training.handler.js';
import { ResumeTrainingController } from './commands/resume-training/resume-training.controller.js';
import { ResumeTrainingHandler } from './commands/resume-training/resume-training.handler.js';
import { TrainingJobsController } from './queries/jobs/jobs.controller.js';
import { CountTrainingJobsHandler } from './queries/jobs/count.js';
import { GetTrainingJobHandler, ListTrainingJobsHandler } from './queries/jobs/query.js';

/** The side that people ask: requesting, resuming and looking at jobs. Nothing is trained here. */
@Module({
  imports: [CqrsModule, TrackingCoreModule],
  providers: [
    PrepareTraining,
    RequestTrainingHandler,
    ResumeTrainingHandler,
    CountTrainingJobsHandler,
    GetTrainingJobHandler,
    ListTrainingJobsHandler,
  ],
  controllers: [RequestTrainingController, ResumeTrainingController, TrainingJobsController],
})
export class TrainingModule {}
