import { EventDefinition, JsonObject } from '../../core/index.js';
import { userResource as user } from '../user/resource.js';

const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const reviewId = 'bg-01890a5d-ac96-774b-bcce-b302099a8064';
const expiresAt = 1767607200000000;
const OF_USER = 'user-<user id>';
const OF_REVIEW = 'break-glass-<review id>';

const review = (data: JsonObject) => ({
  kind: 'break-glass-review',
  id: data['reviewId'] as string,
  parents: [user(data)],
});

export const breakGlassEvents: readonly EventDefinition[] = [
  {
    type: 'BreakGlassAllowed',
    summary: 'An administrator allowed an account to take a role by itself in need.',
    stream: OF_USER,
    resource: user,
    samples: [{ userId }],
  },
  {
    type: 'BreakGlassWithdrawn',
    summary: 'An account may not take roles by itself any more.',
    stream: OF_USER,
    resource: user,
    samples: [{ userId }],
  },
  {
    type: 'BreakGlassUsed',
    summary: 'Someone took a role by themselves in need, for a while; an alert, whose reason the event has.',
    stream: OF_USER,
    resource: review,
    samples: [{ userId, reviewId, role: 'admin', expiresAt }],
  },
  {
    type: 'BreakGlassReviewOpened',
    summary: 'A role is taken in need: somebody independent has to look at it, and is overdue until they have.',
    stream: OF_REVIEW,
    resource: review,
    samples: [{ reviewId, userId, role: 'admin', expiresAt }],
  },
  {
    type: 'BreakGlassReviewed',
    summary: 'Somebody independent signed off that a role was taken in need, with a verdict and a comment.',
    stream: OF_REVIEW,
    resource: review,
    samples: [
      { reviewId, userId, decision: 'justified' },
      { reviewId, userId, decision: 'justified', approvalId: 'ap-01890a5d-ac96-774b-bcce-b302099a8057' },
    ],
    // The request was added, and may be absent.
    upcasts: [(data) => data],
  },
];
