import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, errors, RecordedEvent } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { DecisionMaker } from '../../ledger/index.js';
import { allows } from '../access/matrix.js';
import { recordingDenial } from '../access/recorded-denial.js';
import { Accounts } from '../user/accounts.js';
import { userStream } from '../user/decide.js';
import { rightsAt } from '../user/rights.js';
import { SignOffBreakGlass } from './break-glass.commands.js';
import { reviewDecider, reviewStream } from './decide-review.js';

@CommandHandler(SignOffBreakGlass)
export class SignOffBreakGlassHandler implements ICommandHandler<SignOffBreakGlass> {
  constructor(
    private readonly accounts: Accounts,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input: { reviewId, decision } }: SignOffBreakGlass): Promise<void> {
    if (context.reason === undefined)
      throw errors.invalid('comment-required', 'say what you found: a review needs a comment', 'comment');
    if (!(await this.independent(context))) {
      const message = 'you have the right to review only because you broke the glass yourself';
      await this.refuse(context, reviewId, 'review-by-break-glass', message);
    }
    if (await this.beholden(context, reviewId)) {
      const message =
        'whoever broke the glass has made, changed or reset your account since: somebody else has to look';
      await this.refuse(context, reviewId, 'review-by-beholden', message);
    }
    const command = { type: 'SignOff' as const, reviewId, decision, by: context.actor.id };
    const decided = this.decisions.decide(reviewDecider, reviewStream(reviewId), command, context);
    const resource = { kind: 'break-glass-review', id: reviewId };
    await recordingDenial(decided, this.policy, context, { resource, action: 'break-glass:review' });
  }

  /** Two who broke the glass must not be able to sign each other off. */
  private async independent({ actor, now }: CommandContext): Promise<boolean> {
    const { user } = await this.accounts.load(actor.id);
    if (user.status === 'absent') return false;
    const { status, roles, grants } = user;
    const given = grants.filter(({ breakGlass }) => breakGlass !== true);
    return allows(rightsAt({ status, roles, grants: given }, now).roles, 'break-glass:review');
  }

  /** Since the review was opened the person under review has had a hand in the reviewer's account. */
  private async beholden({ actor }: CommandContext, reviewId: string): Promise<boolean> {
    let opened: RecordedEvent | undefined;
    for await (opened of this.decisions.history(reviewStream(reviewId))) break;
    if (!opened || opened.actor.id === actor.id) return false;
    for await (const { recordedAt, actor: by } of this.decisions.history(userStream(actor.id)))
      if (recordedAt >= opened.recordedAt && by.id === opened.actor.id) return true;
    return false;
  }

  private refuse(context: CommandContext, reviewId: string, code: string, message: string): Promise<never> {
    const resource = { kind: 'break-glass-review', id: reviewId };
    return this.policy.refuse(context, { action: 'break-glass:review', code, message, resource });
  }
}
