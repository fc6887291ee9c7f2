import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { JobStatus } from '../../job/state.js';

/** Has a parked job tried again, with all its tries. */
export class ResumeTraining extends Command<{ readonly runId: string; readonly state: JobStatus }> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly jobId: string },
  ) {
    super();
  }
}
