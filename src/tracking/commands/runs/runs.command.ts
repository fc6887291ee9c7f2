import { Command } from '@nestjs/cqrs';
import { CommandContext, ExperimentId, RunId } from '../../../core/index.js';
import { Param, Run, RunStatus } from '../../run/events.js';

export interface StartRunInput {
  /** Derived by whoever may have to repeat the start; made here otherwise. */
  readonly runId?: RunId;
  readonly experimentId: ExperimentId;
  readonly name?: string;
  /** The user as the client claims it; sealed. */
  readonly userId?: string;
  /** Unix milliseconds. */
  readonly startTime?: number;
  readonly tags?: readonly Param[];
}

export class StartRun extends Command<{ runId: RunId; run: Run }> {
  constructor(
    readonly context: CommandContext,
    readonly input: StartRunInput,
  ) {
    super();
  }
}

/** Another status, end time or name. */
export class EndRun extends Command<{ run: Run }> {
  constructor(
    readonly context: CommandContext,
    readonly input: {
      readonly runId: RunId;
      readonly status?: RunStatus;
      readonly endTime?: number;
      readonly name?: string;
    },
  ) {
    super();
  }
}

export class ChangeRunLifecycle extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly runId: RunId; readonly change: 'delete' | 'restore' },
  ) {
    super();
  }
}
