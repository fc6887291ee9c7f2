import { DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { IdentityCoreModule } from '../identity/index.js';
import { TrainingWorkerModule } from '../training/index.js';
import { Foundation } from './foundation.js';
import { FoundationModule } from './foundation.module.js';

@Module({})
export class WorkerModule {
  static over(foundation: Foundation, logger: Logger): DynamicModule {
    const { concurrency, maxRetries, trainingMemoryMb, shutdownMs } = foundation.settings;
    return {
      module: WorkerModule,
      imports: [
        FoundationModule.over(foundation),
        IdentityCoreModule,
        TrainingWorkerModule.forRoot({
          concurrency,
          maxRetries,
          memoryMb: trainingMemoryMb,
          stopMs: Math.max(0, shutdownMs - 2000),
          log: logger,
        }),
      ],
    };
  }
}
