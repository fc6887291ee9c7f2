import { Inject, Injectable } from '@nestjs/common';
import { trainInThread, TrainingInput, TrainingOutput, TrainingProgress } from '../engine/index.js';
import { type ResolvedOptions, TRAINING_WORKER } from './options.js';

export interface TrainingControl {
  /** Ends the training at once; it is then rejected with the signal's reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TrainingProgress) => void;
}

/** Where training happens. An abstract class, so that it can be asked for by dependency injection. */
export abstract class Trainer {
  abstract train(input: TrainingInput, control: TrainingControl): Promise<TrainingOutput>;
}

/** In a thread of its own: what it does to its memory stays there. */
@Injectable()
export class ThreadTrainer extends Trainer {
  constructor(@Inject(TRAINING_WORKER) private readonly options: ResolvedOptions) {
    super();
  }

  train(input: TrainingInput, control: TrainingControl): Promise<TrainingOutput> {
    return trainInThread(input, { ...control, memoryMiB: this.options.memoryMb });
  }
}
