import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Approvals } from '../approval/approvals.js';
import { Confidential } from '../approval/confidential.js';
import { Denials } from '../approval/denials.js';
import { answerOf } from './answer.js';
import { ApprovalAnswer, CommentApproval, ExpireApproval, WithdrawApproval } from './approvals.commands.js';

@CommandHandler(WithdrawApproval)
export class WithdrawApprovalHandler implements ICommandHandler<WithdrawApproval> {
  constructor(
    private readonly approvals: Approvals,
    private readonly denials: Denials,
  ) {}

  async execute({ context, input: { approvalId } }: WithdrawApproval): Promise<ApprovalAnswer> {
    const approval = await this.approvals.expire(approvalId, context);
    const by = context.actor.onBehalfOf ?? context.actor.id;
    const withdrawn = await this.denials.around({ context, action: 'approval:request', approval }, () =>
      this.approvals.decide(approvalId, { type: 'withdraw', by }, context),
    );
    return answerOf(withdrawn);
  }
}

@CommandHandler(CommentApproval)
export class CommentApprovalHandler implements ICommandHandler<CommentApproval> {
  constructor(
    private readonly approvals: Approvals,
    private readonly confidential: Confidential,
  ) {}

  async execute({ context, input: { approvalId, comment } }: CommentApproval): Promise<ApprovalAnswer> {
    await this.confidential.assertSeen(context, await this.approvals.get(approvalId));
    return answerOf(await this.approvals.decide(approvalId, { type: 'comment', comment }, context));
  }
}

@CommandHandler(ExpireApproval)
export class ExpireApprovalHandler implements ICommandHandler<ExpireApproval> {
  constructor(private readonly approvals: Approvals) {}

  async execute({ context, input: { approvalId } }: ExpireApproval): Promise<ApprovalAnswer> {
    return answerOf(await this.approvals.expire(approvalId, context));
  }
}
