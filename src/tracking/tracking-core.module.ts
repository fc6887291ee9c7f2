import { Global, Module } from '@nestjs/common';
import { RunDirectory } from '../artifacts/index.js';
import { RegisterDatasetHandler } from './commands/datasets/register-dataset.handler.js';
import {
  ChangeExperimentLifecycleHandler,
  CreateExperimentHandler,
  DeleteExperimentTagHandler,
  EnsureDefaultExperimentHandler,
  EnsureExperimentHandler,
  RenameExperimentHandler,
  SetExperimentTagHandler,
} from './commands/experiments/experiments.handler.js';
import {
  DeleteTagHandler,
  LogBatchHandler,
  LogInputsHandler,
  LogMetricHandler,
  LogOutputsHandler,
  LogParamHandler,
  RecordModelHandler,
  SetTagHandler,
} from './commands/log/log.handler.js';
import { loggedModelHandlers } from './commands/logged-models/logged-models.handler.js';
import { ChangeRunLifecycleHandler, EndRunHandler, StartRunHandler } from './commands/runs/runs.handler.js';
import { DatasetReader } from './dataset/dataset-reader.js';
import { ExperimentReader } from './experiment/experiment-reader.js';
import { ArtifactOwners } from './logged-model/artifact-owners.js';
import { LoggedModelReader } from './logged-model/logged-model-reader.js';
import { RunHistory } from './run/run-history.js';
import { RunReader } from './run/run-reader.js';

/** The commands of the room, for any process: no HTTP, no read models. Global: other rooms ask which runs there are. */
@Global()
@Module({
  providers: [
    ExperimentReader,
    RunReader,
    RunHistory,
    DatasetReader,
    LoggedModelReader,
    { provide: RunDirectory, useClass: ArtifactOwners },
    CreateExperimentHandler,
    EnsureExperimentHandler,
    EnsureDefaultExperimentHandler,
    RenameExperimentHandler,
    ChangeExperimentLifecycleHandler,
    SetExperimentTagHandler,
    DeleteExperimentTagHandler,
    StartRunHandler,
    EndRunHandler,
    ChangeRunLifecycleHandler,
    LogMetricHandler,
    LogBatchHandler,
    LogParamHandler,
    SetTagHandler,
    DeleteTagHandler,
    LogInputsHandler,
    LogOutputsHandler,
    RecordModelHandler,
    RegisterDatasetHandler,
    ...loggedModelHandlers,
  ],
  exports: [ExperimentReader, RunReader, RunHistory, LoggedModelReader, DatasetReader, RunDirectory],
})
export class TrackingCoreModule {}
