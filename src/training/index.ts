import { EventDefinition } from '../core/index.js';
import { Projection } from '../projection/index.js';
import { jobEvents } from './job/catalogue.js';
import { jobsProjection } from './queries/jobs/projection.js';

export * from './commands/request-training/request-training.command.js';
export * from './commands/resume-training/resume-training.command.js';
// The model itself: serving reads it, the demo makes its samples with it.
export * from './engine/index.js';
export { JOB_STATUSES, type JobStatus } from './job/state.js';
export { CountTrainingJobs } from './queries/jobs/count.js';
export { GetTrainingJob, ListTrainingJobs, type TrainingJobPage } from './queries/jobs/query.js';
export { type TrainingJobView } from './queries/jobs/wire.js';
export { TrainingModule } from './training.module.js';
export { TrainingWorkerModule } from './training-worker.module.js';
export { type TrainingLog, type TrainingWorkerOptions } from './worker/options.js';
export { TRAINING_GROUP, TrainingWorker } from './worker/training-worker.js';

export const trainingEvents: readonly EventDefinition[] = jobEvents;
export const trainingProjections: readonly Projection[] = [jobsProjection];
