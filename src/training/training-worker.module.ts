import { DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ArtifactsCoreModule } from '../artifacts/index.js';
import { RegistryCoreModule } from '../registry/index.js';
import { TrackingCoreModule } from '../tracking/index.js';
import { JobRunner } from './worker/job-runner.js';
import { resolveOptions, TRAINING_WORKER, TrainingWorkerOptions } from './worker/options.js';
import { Trainer, ThreadTrainer } from './worker/trainer.js';
import { TrainingSteps } from './worker/training-steps.js';
import { TrainingWorker } from './worker/training-worker.js';

/** The side that trains: commands over the log and the artifacts, without HTTP and without read models. */
@Module({})
export class TrainingWorkerModule {
  static forRoot(options: TrainingWorkerOptions): DynamicModule {
    return {
      module: TrainingWorkerModule,
      imports: [CqrsModule, TrackingCoreModule, ArtifactsCoreModule, RegistryCoreModule],
      providers: [
        { provide: TRAINING_WORKER, useValue: resolveOptions(options) },
        { provide: Trainer, useClass: ThreadTrainer },
        TrainingSteps,
        JobRunner,
        TrainingWorker,
      ],
      exports: [TrainingWorker],
    };
  }
}
