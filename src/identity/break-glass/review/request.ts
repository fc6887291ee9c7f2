import { RequestApprovalInput } from '../../../approvals/index.js';
import { JsonObject, Role, UserId } from '../../../core/index.js';

export const BREAK_GLASS_REVIEW = 'break-glass-review';

/** The one request for a review, told by the review alone, so that whoever asks for it asks for the same one. */
export const reviewRequest = (review: {
  readonly reviewId: string;
  readonly userId: UserId;
  readonly role: Role;
}): RequestApprovalInput => ({
  kind: BREAK_GLASS_REVIEW,
  action: { type: BREAK_GLASS_REVIEW, review_id: review.reviewId, user_id: review.userId, role: review.role },
  subject: { kind: BREAK_GLASS_REVIEW, id: review.reviewId },
  title: `${review.userId} took the role ${review.role} in need`,
  once: true,
});

/** Of what was recorded. */
export const reviewOf = (action: JsonObject): string => action['review_id'] as string;
