import { accept, Decider, Decision, Micros, never, refuse, Role, UserId } from '../../core/index.js';
import { evolveReview, noReview, Review, ReviewEvent, Verdict } from './events.js';

export const reviewStream = (reviewId: string): string => `break-glass-${reviewId}`;

type ReviewCommand =
  | {
      readonly type: 'OpenReview';
      readonly reviewId: string;
      readonly userId: UserId;
      readonly role: Role;
      readonly expiresAt: Micros;
    }
  | {
      readonly type: 'SignOff';
      readonly reviewId: string;
      readonly decision: Verdict;
      readonly by: UserId;
      /** The request whose signature says so. */
      readonly approvalId: string;
    };

export const reviewDecider: Decider<Review, ReviewCommand, ReviewEvent> = {
  initial: noReview,
  evolve: evolveReview,
  decide,
};

export const noSuchReview = () => refuse('not-found', 'review-not-found', 'there is no such review');

export const alreadyReviewed = () => refuse('state', 'already-reviewed', 'somebody has signed this review off');

export const ownBreakGlass = () =>
  refuse('denied', 'own-break-glass', 'nobody reviews what they did themselves: somebody independent does');

function decide(command: ReviewCommand, review: Review): Decision<ReviewEvent> {
  switch (command.type) {
    case 'OpenReview': {
      const { type: _, ...data } = command;
      return review.status === 'absent' ? accept({ type: 'BreakGlassReviewOpened', data }) : accept();
    }
    case 'SignOff': {
      if (review.status === 'absent') return noSuchReview();
      const { userId } = review;
      const { reviewId, decision, by, approvalId } = command;
      if (by === userId) return ownBreakGlass();
      if (review.status === 'reviewed') return review.approvalId === approvalId ? accept() : alreadyReviewed();
      return accept({ type: 'BreakGlassReviewed', data: { reviewId, userId, decision, approvalId } });
    }
    default:
      return never(command);
  }
}
