import { Command, CommandBus, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { ApprovalAnswer, RequestApproval } from '../../approvals/index.js';
import { CommandContext, errors, UserId } from '../../core/index.js';
import { ERASURE, erasureAction } from './erasure-approval.js';
import { Erasures } from './erasures.js';

/** Asks that a person be erased; the context's reason says why. */
export class RequestErasure extends Command<ApprovalAnswer> {
  constructor(
    readonly context: CommandContext,
    readonly userId: UserId,
  ) {
    super();
  }
}

@CommandHandler(RequestErasure)
export class RequestErasureHandler implements ICommandHandler<RequestErasure> {
  constructor(
    private readonly erasures: Erasures,
    private readonly commands: CommandBus,
  ) {}

  async execute({ context, userId }: RequestErasure): Promise<ApprovalAnswer> {
    await this.erasures.erasable(userId);
    if (context.actor.id === userId)
      throw errors.state(
        'own-account',
        'nobody asks here for their own erasure: another privacy officer or administrator does',
      );
    return this.commands.execute(
      new RequestApproval(context, {
        kind: ERASURE,
        action: erasureAction(userId),
        subject: { kind: ERASURE, id: userId },
        title: `Erase the person ${userId}`,
        ...(context.reason === undefined ? {} : { comment: context.reason }),
      }),
    );
  }
}
