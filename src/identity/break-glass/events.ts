import { DomainEvent, Micros, never, Role, UserId } from '../../core/index.js';

/** On the account's own stream. */
export type BreakGlassAllowed = DomainEvent<'BreakGlassAllowed', { readonly userId: UserId }>;
export type BreakGlassWithdrawn = DomainEvent<'BreakGlassWithdrawn', { readonly userId: UserId }>;
/** Someone took a role by themselves, in need, until then. Why is the event's reason. */
export type BreakGlassUsed = DomainEvent<
  'BreakGlassUsed',
  { readonly userId: UserId; readonly reviewId: string; readonly role: Role; readonly expiresAt: Micros }
>;
export type BreakGlassEvent = BreakGlassAllowed | BreakGlassWithdrawn | BreakGlassUsed;

export const VERDICTS = ['justified', 'unjustified'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** On a stream of the review's own, before the role is taken: there is none without a review. */
export type BreakGlassReviewOpened = DomainEvent<
  'BreakGlassReviewOpened',
  { readonly reviewId: string; readonly userId: UserId; readonly role: Role; readonly expiresAt: Micros }
>;
/** Who signed it off is the actor; what they say of it is the event's reason. */
export type BreakGlassReviewed = DomainEvent<
  'BreakGlassReviewed',
  {
    readonly reviewId: string;
    readonly userId: UserId;
    readonly decision: Verdict;
    /** The request that has the signature; none where the review is from before there were signatures. */
    readonly approvalId?: string;
  }
>;
export type ReviewEvent = BreakGlassReviewOpened | BreakGlassReviewed;

export type Review =
  | { readonly status: 'absent' }
  | { readonly status: 'overdue'; readonly userId: UserId }
  | { readonly status: 'reviewed'; readonly userId: UserId; readonly approvalId: string | undefined };

export const noReview: Review = { status: 'absent' };

export function evolveReview(_review: Review, event: ReviewEvent): Review {
  const { userId } = event.data;
  switch (event.type) {
    case 'BreakGlassReviewOpened':
      return { status: 'overdue', userId };
    case 'BreakGlassReviewed':
      return { status: 'reviewed', userId, approvalId: event.data.approvalId };
    default:
      return never(event);
  }
}
