import { Injectable, OnModuleInit, Optional } from '@nestjs/common';
import {
  Approvable,
  ApprovableKinds,
  ApprovalRules,
  Dossier,
  dossierOf,
  NEVER_HOURS,
} from '../../../approvals/index.js';
import { CommandContext, errors, JsonObject, Micros, RecordedEvent, Refusal, toIso } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { userStream } from '../../user/decide.js';
import { RoleGrantRevoked } from '../../user/events.js';
import { reviewDecider, reviewStream } from '../decide-review.js';
import { BreakGlassUsed, ReviewEvent, Verdict } from '../events.js';
import { DeedsReader } from './deeds.js';
import { Independence } from './independence.js';
import { BREAK_GLASS_REVIEW, reviewOf } from './request.js';

type Opened = Extract<ReviewEvent, { type: 'BreakGlassReviewOpened' }>;

interface Use {
  readonly from: RecordedEvent;
  /** When it was over, or will be. */
  readonly until: Micros;
}

/** The review of a role that was taken in need, as something that is signed. */
@Injectable()
export class BreakGlassReviewApproval implements Approvable, OnModuleInit {
  readonly kind = BREAK_GLASS_REVIEW;
  readonly seenBy = 'break-glass:read' as const;

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly independence: Independence,
    private readonly deeds: DeedsReader,
    @Optional() private readonly kinds?: ApprovableKinds,
  ) {}

  onModuleInit(): void {
    this.kinds?.add(this);
  }

  /** While the role is held it changes with all that is done by it: what was not seen was not signed. */
  async dossier(action: JsonObject): Promise<Dossier> {
    const reviewId = reviewOf(action);
    const { data, recordedAt, reason = null } = await this.opened(reviewId);
    const { userId, role, expiresAt } = data;
    const use = await this.use(data);
    return dossierOf({
      kind: BREAK_GLASS_REVIEW,
      review_id: reviewId,
      who: userId,
      why: reason,
      role,
      opened_at: toIso(recordedAt),
      asked_until: toIso(expiresAt),
      // None after a crash between the review and the role: nothing was taken.
      held: use === undefined ? null : { from: toIso(use.from.recordedAt), until: toIso(use.until) },
      did: use === undefined ? null : ((await this.did(reviewId, data, use)) as unknown as JsonObject),
    });
  }

  async rules(): Promise<ApprovalRules> {
    return {
      order: 'parallel',
      steps: [{ role: 'auditor', or: ['admin'], approvals: 1 }],
      expiresAfterHours: NEVER_HOURS,
      afterwards: true,
      excluded: [],
    };
  }

  objection(context: CommandContext, action: JsonObject): Promise<Refusal | undefined> {
    return this.independence.objection(context, reviewOf(action));
  }

  async carryOut(
    context: CommandContext,
    { approvalId, action }: { readonly approvalId: string; readonly action: JsonObject },
  ): Promise<JsonObject> {
    await this.signOff(context, { approvalId, action, decision: 'justified' });
    return { review_id: reviewOf(action), decision: 'justified' };
  }

  /** What the request's signature said, in the review's own stream; once, however often it is called. */
  async signOff(
    context: CommandContext,
    signed: { readonly approvalId: string; readonly action: JsonObject; readonly decision: Verdict },
  ): Promise<void> {
    const { approvalId, action, decision } = signed;
    const reviewId = reviewOf(action);
    const command = { type: 'SignOff' as const, reviewId, decision, by: context.actor.id, approvalId };
    await this.decisions.decide(reviewDecider, reviewStream(reviewId), command, context);
  }

  private did(reviewId: string, { userId }: Opened['data'], { from, until }: Use) {
    return this.deeds.of({ reviewId, userId, after: from.position, until });
  }

  private async opened(reviewId: string): Promise<RecordedEvent & Opened> {
    for await (const event of this.decisions.history<ReviewEvent>(reviewStream(reviewId)))
      if (event.type === 'BreakGlassReviewOpened') return event;
    throw errors.notFound('review-not-found', 'there is no such review');
  }

  private async use({ reviewId, userId, expiresAt }: Opened['data']): Promise<Use | undefined> {
    let use: Use | undefined;
    for await (const event of this.decisions.history<BreakGlassUsed | RoleGrantRevoked>(userStream(userId))) {
      const { type, data, recordedAt } = event;
      if (type === 'BreakGlassUsed' && data.reviewId === reviewId) use = { from: event, until: expiresAt };
      if (type === 'RoleGrantRevoked' && data.grantId === reviewId && use)
        use = { ...use, until: Math.min(recordedAt, expiresAt) as Micros };
    }
    return use;
  }
}
