import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { TrainingWorker } from '../training/index.js';
import { Settings } from './config/settings.js';
import { openFoundation } from './foundation.js';
import { createLogger } from './logging.js';
import { WorkerModule } from './worker.module.js';

export interface RunningWorker {
  readonly ledger: string;
  /** Resolves with the reason when the worker ends by itself; rejects when it fails. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** A process that trains: the same log, keys and artifacts as the server, no HTTP, no read models. */
export async function startWorker(settings: Settings): Promise<RunningWorker> {
  const logger = createLogger(settings);
  const foundation = await openFoundation(settings);
  const app = await NestFactory.createApplicationContext(WorkerModule.over(foundation, logger), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const abort = new AbortController();
  const run = app.get(TrainingWorker).run(abort.signal);
  const ended = run.then(() => 'the work has ended');
  return {
    ledger: foundation.ledger.description,
    ended,
    stop: async () => {
      abort.abort();
      await run;
      await app.close();
      await foundation.close();
      logger.flush();
    },
  };
}
