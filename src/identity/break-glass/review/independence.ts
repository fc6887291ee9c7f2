import { Injectable } from '@nestjs/common';
import { CommandContext, RecordedEvent, refuse, Refusal } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { allows } from '../../access/matrix.js';
import { Accounts } from '../../user/accounts.js';
import { userStream } from '../../user/decide.js';
import { rightsAt } from '../../user/rights.js';
import { ownBreakGlass, reviewStream } from '../decide-review.js';

/** Who may not look at what somebody did in need, whatever their roles. */
@Injectable()
export class Independence {
  constructor(
    private readonly accounts: Accounts,
    private readonly decisions: DecisionMaker,
  ) {}

  async objection(context: CommandContext, reviewId: string): Promise<Refusal | undefined> {
    const { actor } = context;
    const opened = await this.opened(reviewId);
    if (opened?.actor.id === actor.id) return ownBreakGlass().refusal;
    // Whoever may not review at all is told so, and nothing of how they came by their rights.
    if (!allows(actor.roles, 'break-glass:review')) return undefined;
    if (!(await this.independent(context))) {
      const message = 'you have the right to review only because you broke the glass yourself';
      return refuse('denied', 'review-by-break-glass', message).refusal;
    }
    if (opened === undefined || !(await this.beholden(context, opened))) return undefined;
    const message = 'whoever broke the glass has made, changed or reset your account since: somebody else has to look';
    return refuse('denied', 'review-by-beholden', message).refusal;
  }

  private async opened(reviewId: string): Promise<RecordedEvent | undefined> {
    for await (const event of this.decisions.history(reviewStream(reviewId))) return event;
    return undefined;
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
  private async beholden({ actor }: CommandContext, opened: RecordedEvent): Promise<boolean> {
    for await (const { recordedAt, actor: by } of this.decisions.history(userStream(actor.id)))
      if (recordedAt >= opened.recordedAt && by.id === opened.actor.id) return true;
    return false;
  }
}
