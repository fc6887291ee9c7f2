import { Command } from '@nestjs/cqrs';
import { CommandContext, JsonObject } from '../core/index.js';
import { Subject } from './port.js';

/** Opens a request; an open one for the same subject and action is answered instead of a second one. */
export class RequestApproval extends Command<{
  readonly approvalId: string;
  readonly state: string;
  readonly digest: string;
}> {
  constructor(
    readonly context: CommandContext,
    readonly input: {
      readonly kind: string;
      readonly action: JsonObject;
      readonly subject: Subject;
      readonly title: string;
      readonly comment?: string;
    },
  ) {
    super();
  }
}
