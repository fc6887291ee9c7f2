import { CommandBus, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Approvals, DecideApproval, DecideApprovalInput, RequestApproval } from '../../approvals/index.js';
import { CommandContext, CustodyError, errors, RecordedEvent } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { DecisionMaker } from '../../ledger/index.js';
import { SignOffBreakGlass } from './break-glass.commands.js';
import { alreadyReviewed, noSuchReview, reviewDecider, reviewStream } from './decide-review.js';
import { BreakGlassReviewOpened } from './events.js';
import { Independence } from './review/independence.js';
import { BreakGlassReviewApproval } from './review/review-approval.js';
import { reviewRequest } from './review/request.js';

/** The review by its own name: what is signed is its request for approval, by the one call that signs. */
@CommandHandler(SignOffBreakGlass)
export class SignOffBreakGlassHandler implements ICommandHandler<SignOffBreakGlass> {
  constructor(
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
    private readonly independence: Independence,
    private readonly approvals: Approvals,
    private readonly reviews: BreakGlassReviewApproval,
    private readonly commands: CommandBus,
  ) {}

  async execute({ context, input }: SignOffBreakGlass) {
    const { reviewId, decision, credentials, digest: shown } = input;
    const { reason } = context;
    if (reason === undefined)
      throw errors.invalid('comment-required', 'say what you found: a review needs a comment', 'comment');
    await this.assertOpen(reviewId);
    await this.assertIndependent(context, reviewId);
    const request = await this.requested(context, reviewId);
    const { approvalId } = request;
    const verdict: Pick<DecideApprovalInput, 'decision' | 'meaning'> =
      decision === 'justified'
        ? { decision: 'approve', meaning: 'reviewed' }
        : { decision: 'reject', meaning: 'rejected' };
    const signed = { approvalId, ...verdict, reason, digest: shown ?? request.digest, credentials };
    const { number, signatureId } = await this.commands.execute(new DecideApproval(context, signed));
    // What was approved has said so by now; what was rejected, the reactor would say, too.
    const { action } = await this.approvals.get(approvalId);
    await this.reviews.signOff(context, { approvalId, action, decision });
    return { approvalId, number, signatureId };
  }

  private async assertOpen(reviewId: string): Promise<void> {
    const { state } = await this.decisions.load(reviewDecider, reviewStream(reviewId));
    if (state.status === 'absent') throw new CustodyError(noSuchReview().refusal);
    if (state.status === 'reviewed') throw new CustodyError(alreadyReviewed().refusal);
  }

  private async assertIndependent(context: CommandContext, reviewId: string): Promise<void> {
    const objection = await this.independence.objection(context, reviewId);
    if (!objection) return;
    const { code, message } = objection;
    const resource = { kind: 'break-glass-review', id: reviewId };
    await this.policy.refuse(context, { action: 'break-glass:review', code, message, resource });
  }

  /** The one there is; made now, in the name of who broke the glass, where nothing has made it yet. */
  private async requested({ now, bookmark, correlationId }: CommandContext, reviewId: string) {
    const opened = await this.opened(reviewId);
    const { actor, origin, reason, id: causationId, data } = opened;
    const context = { actor: actor, origin, reason, correlationId, causationId, now, bookmark };
    const asked = await this.commands.execute(new RequestApproval(context, reviewRequest(data)));
    const { state } = asked;
    return state === 'open' ? this.present(asked.approvalId, context) : asked;
  }

  private async present(approvalId: string, context: CommandContext) {
    const { dossier } = await this.approvals.refresh(approvalId, context);
    return { approvalId, digest: dossier.digest };
  }

  private async opened(reviewId: string): Promise<RecordedEvent & BreakGlassReviewOpened> {
    for await (const event of this.decisions.history<BreakGlassReviewOpened>(reviewStream(reviewId))) return event;
    throw new CustodyError(noSuchReview().refusal);
  }
}
