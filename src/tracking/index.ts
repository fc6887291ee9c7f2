import { EventDefinition } from '../core/index.js';
import { Projection } from '../projection/index.js';
import { datasetEvents } from './dataset/events.js';
import { directoryEvents } from './experiment/directory.js';
import { experimentEvents } from './experiment/events.js';
import { datasetsProjection } from './queries/datasets/projection.js';
import { experimentsProjection } from './queries/experiments/projection.js';
import { loggedModelEvents } from './logged-model/catalogue.js';
import { loggedModelsProjection } from './queries/logged-models/projection.js';
import { runsProjection } from './queries/runs/projection.js';
import { runEvents } from './run/catalogue.js';

export * from './commands/datasets/register-dataset.command.js';
export * from './commands/experiments/experiments.command.js';
export * from './commands/log/log.command.js';
export * from './commands/logged-models/logged-models.command.js';
export * from './commands/runs/runs.command.js';
export { DatasetReader } from './dataset/dataset-reader.js';
export { csvRows } from './dataset/inspect-csv.js';
export type { Column, Dataset } from './dataset/events.js';
export { ExperimentReader } from './experiment/experiment-reader.js';
export type { DatasetInput, Metric, MetricValue, Param, RecordedInput, Run, RunStatus } from './run/events.js';
export type { LoggedModel, ModelStatus } from './logged-model/events.js';
export { LoggedModelReader, type KnownLoggedModel } from './logged-model/logged-model-reader.js';
export { FindLoggedModelOfRun, GetLoggedModel, type LoggedModelView } from './queries/logged-models/query.js';
export { GetRun, type RunView } from './queries/runs/query.js';
export { RunHistory, type RunRecord } from './run/run-history.js';
export { RunReader, type KnownRun } from './run/run-reader.js';
export { TrackingCoreModule } from './tracking-core.module.js';
export { TrackingModule } from './tracking.module.js';

export const trackingEvents: readonly EventDefinition[] = [
  ...directoryEvents,
  ...experimentEvents,
  ...runEvents,
  ...loggedModelEvents,
  ...datasetEvents,
];
export const trackingProjections: readonly Projection[] = [
  experimentsProjection,
  runsProjection,
  loggedModelsProjection,
  datasetsProjection,
];
