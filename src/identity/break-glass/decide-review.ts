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
  | { readonly type: 'SignOff'; readonly reviewId: string; readonly decision: Verdict; readonly by: UserId };

export const reviewDecider: Decider<Review, ReviewCommand, ReviewEvent> = {
  initial: noReview,
  evolve: evolveReview,
  decide,
};

function decide(command: ReviewCommand, review: Review): Decision<ReviewEvent> {
  switch (command.type) {
    case 'OpenReview': {
      const { type: _, ...data } = command;
      return review.status === 'absent' ? accept({ type: 'BreakGlassReviewOpened', data }) : accept();
    }
    case 'SignOff': {
      if (review.status === 'absent') return refuse('not-found', 'review-not-found', 'there is no such review');
      const { userId } = review;
      const { reviewId, decision, by } = command;
      if (by === userId)
        return refuse(
          'denied',
          'own-break-glass',
          'nobody reviews what they did themselves: somebody independent does',
        );
      if (review.status === 'reviewed')
        return refuse('state', 'already-reviewed', 'somebody has signed this review off');
      return accept({ type: 'BreakGlassReviewed', data: { reviewId, userId, decision } });
    }
    default:
      return never(command);
  }
}
