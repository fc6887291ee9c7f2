import { Module } from '@nestjs/common';
import { DatasetsController } from './commands/datasets/datasets.controller.js';
import { ExperimentsController } from './commands/experiments/experiments.controller.js';
import { LoggedModelsController } from './commands/logged-models/logged-models.controller.js';
import { ModelArtifactsController } from './commands/logged-models/model-artifacts.controller.js';
import { LogController } from './commands/log/log.controller.js';
import { RunsController } from './commands/runs/runs.controller.js';
import { ListDatasetsHandler } from './queries/datasets/query.js';
import { GetExperimentHandler, SearchExperimentsHandler } from './queries/experiments/query.js';
import {
  FindLoggedModelOfRunHandler,
  GetLoggedModelHandler,
  SearchLoggedModelsHandler,
} from './queries/logged-models/query.js';
import { MetricsController } from './queries/metrics/metrics.controller.js';
import { GetMetricHistoryHandler, GetBulkHistoryHandler, SampleMetricsHandler } from './queries/metrics/query.js';
import { SeenExperimentsHandler } from './queries/experiments/seen.js';
import { SearchDatasetsHandler } from './queries/datasets/summaries.js';
import { GetRunHandler, SearchRunsHandler } from './queries/runs/query.js';
import { TrackingCoreModule } from './tracking-core.module.js';

/** The whole room, behind HTTP. */
@Module({
  imports: [TrackingCoreModule],
  controllers: [
    ExperimentsController,
    RunsController,
    MetricsController,
    LogController,
    LoggedModelsController,
    ModelArtifactsController,
    DatasetsController,
  ],
  providers: [
    GetExperimentHandler,
    SearchExperimentsHandler,
    GetRunHandler,
    SearchRunsHandler,
    GetMetricHistoryHandler,
    GetBulkHistoryHandler,
    SampleMetricsHandler,
    SearchDatasetsHandler,
    SeenExperimentsHandler,
    FindLoggedModelOfRunHandler,
    GetLoggedModelHandler,
    SearchLoggedModelsHandler,
    ListDatasetsHandler,
  ],
  exports: [TrackingCoreModule],
})
export class TrackingModule {}
