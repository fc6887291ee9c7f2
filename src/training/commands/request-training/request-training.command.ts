import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { JobStatus } from '../../job/state.js';

export interface RequestTrainingInput {
  readonly datasetId: string;
  readonly experimentName: string;
  readonly modelName: string;
  /** By scikit-learn's names; what is left out takes the engine's default. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly runName?: string;
  /** The same key by the same actor again means the same job. */
  readonly requestKey?: string;
}

export interface RequestTrainingResult {
  readonly jobId: string;
  readonly runId: string;
  readonly state: JobStatus;
}

export class RequestTraining extends Command<RequestTrainingResult> {
  constructor(
    readonly context: CommandContext,
    readonly input: RequestTrainingInput,
  ) {
    super();
  }
}
