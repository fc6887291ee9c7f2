import { Module } from '@nestjs/common';
import { DatasetsController } from './commands/datasets/datasets.controller.js';
import { ExperimentsController } from './commands/experiments/experiments.controller.js';
import { LogController } from './commands/log/log.controller.js';
import { RunsController } from './commands/runs/runs.controller.js';
import { ListDatasetsHandler } from './queries/datasets/query.js';
import { GetExperimentHandler, SearchExperimentsHandler } from './queries/experiments/query.js';
import { GetMetricHistoryHandler, GetRunHandler, SearchRunsHandler } from './queries/runs/query.js';
import { TrackingCoreModule } from './tracking-core.module.js';

/** The whole room, behind HTTP. */
@Module({
  imports: [TrackingCoreModule],
  controllers: [ExperimentsController, RunsController, LogController, DatasetsController],
  providers: [
    GetExperimentHandler,
    SearchExperimentsHandler,
    GetRunHandler,
    SearchRunsHandler,
    GetMetricHistoryHandler,
    ListDatasetsHandler,
  ],
  exports: [TrackingCoreModule],
})
export class TrackingModule {}
