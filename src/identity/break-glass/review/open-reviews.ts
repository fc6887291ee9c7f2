import { BeforeApplicationShutdown, Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Approvals, RequestApproval } from '../../../approvals/index.js';
import { Bookmark, CommandContext, RecordedEvent } from '../../../core/index.js';
import { DecisionMaker, Following, LEDGER } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/index.js';
import { reviewDecider, reviewStream } from '../decide-review.js';
import { BreakGlassReviewOpened } from '../events.js';
import { BreakGlassReviewApproval } from './review-approval.js';
import { BREAK_GLASS_REVIEW, reviewRequest } from './request.js';

const RETRY_MS = 2000;

/**
 * A review has its request, also where the call that opened it died before, or an older version of the server
 * made none; and a request that was rejected says of its review that it was not justified.
 */
@Injectable()
export class OpenBreakGlassReviews implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OpenBreakGlassReviews.name);
  private readonly following: Following;

  constructor(
    private readonly commands: CommandBus,
    private readonly decisions: DecisionMaker,
    private readonly approvals: Approvals,
    private readonly reviews: BreakGlassReviewApproval,
    @Inject(LEDGER) ledger: Ledger,
  ) {
    this.following = new Following(ledger, {
      group: 'identity-break-glass-reviews',
      types: ['BreakGlassReviewOpened', 'ApprovalRejected'],
      handle: (event) => this.handle(event),
      warn: (why) => this.logger.warn(`a review could not be brought up to date yet: ${why}`),
      retryMs: RETRY_MS,
    });
  }

  onApplicationBootstrap(): void {
    this.following.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.following.stop();
  }

  private async handle(event: RecordedEvent): Promise<void> {
    if (event.type === 'ApprovalRejected') return this.rejected(event);
    const { reviewId, userId, role } = event.data as unknown as BreakGlassReviewOpened['data'];
    const { state } = await this.decisions.load(reviewDecider, reviewStream(reviewId));
    // One that was signed off before reviews were requests.
    if (state.status === 'reviewed') return;
    await this.commands.execute(new RequestApproval(following(event), reviewRequest({ reviewId, userId, role })));
  }

  private async rejected(event: RecordedEvent): Promise<void> {
    const { kind, approvalId } = event.data as { readonly kind: string; readonly approvalId: string };
    if (kind !== BREAK_GLASS_REVIEW) return;
    const { action } = await this.approvals.get(approvalId);
    await this.reviews.signOff(following(event), { approvalId, action, decision: 'unjustified' });
  }
}

/** In the name of whoever did it: nobody reviews what they did themselves. */
const following = ({ actor, origin, reason, correlationId, id, recordedAt: now }: RecordedEvent): CommandContext => ({
  actor,
  origin,
  reason,
  correlationId,
  causationId: id,
  now,
  bookmark: new Bookmark(),
});
