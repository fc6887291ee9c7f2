import { JsonObject, RecordedEvent, Role, toIso, UserId } from '../core/index.js';
import { Turn } from './requests.js';
import { Topic } from './topics.js';

/** Who is written to, and what. Nobody's name and no free text is in it: a mailbox is outside of the server. */
export interface Notice {
  readonly topic: Topic;
  readonly to: { readonly roles: readonly Role[]; readonly about?: Subject } | { readonly user: UserId };
  /** Not these, whatever their roles. */
  readonly not: readonly UserId[];
  readonly subject: string;
  readonly text: string;
}

/** What roles that don't hold everywhere have to hold for. */
export interface Subject {
  readonly kind: 'approval';
  readonly id: string;
}

/** What is known of an event's request: its first event, whose turn it was then and just before. */
export interface Asked {
  readonly first: RecordedEvent;
  readonly now: Turn;
  readonly before: Turn;
}

/** Of the first event of a request; other rooms' types are not known here. */
interface Request {
  readonly approvalId: string;
  readonly number: number;
  readonly title: string;
  readonly requester: UserId;
  readonly rules: { readonly afterwards?: true };
  readonly expiresAt: number;
}

const DECISIONS: Readonly<Record<string, string>> = {
  ApprovalRejected: 'was rejected',
  ApprovalCarriedOut: 'was approved and carried out',
  ApprovalExpired: 'expired before it was decided',
  ApprovalVoided: 'can’t be carried out any more',
  ApprovalCommented: 'has a new comment',
};

export const isOfApproval = ({ type }: RecordedEvent): boolean => type.startsWith('Approval');

/** @param asked for events of requests */
export function noticeOf(event: RecordedEvent, asked: Asked | undefined): Notice | undefined {
  if (event.type === 'AlertRaised') return alert(event);
  if (!asked) return undefined;
  const request = asked.first.data as unknown as Request;
  const what = DECISIONS[event.type];
  if (what === undefined) return toDecide(event, request, asked);
  if (request.requester === event.actor.id) return undefined;
  return {
    topic: 'decisions',
    to: { user: request.requester },
    not: [],
    subject: `Your request ${request.number} ${what}`,
    text: about(request, what),
  };
}

const WAITS = 'waits for a decision';
const CHANGED = 'has changed: what was approved before has to be approved again';

/** Those whose turn it is. What is only one more step on the way is news to those whose turn comes with it. */
function toDecide({ type }: RecordedEvent, request: Request, { now, before }: Asked): Notice | undefined {
  const anew = type === 'ApprovalRequested' || type === 'ApprovalDossierRenewed';
  const roles = anew ? now.roles : now.roles.filter((role) => !before.roles.includes(role));
  if (roles.length === 0) return undefined;
  const what = type === 'ApprovalDossierRenewed' ? CHANGED : WAITS;
  const until = toIso(request.expiresAt as RecordedEvent['recordedAt']);
  return {
    topic: 'requests',
    to: { roles, about: { kind: 'approval', id: request.approvalId } },
    not: now.not,
    subject: `Request ${request.number} ${what}`,
    text: `${about(request, what)}\n${request.rules.afterwards ? 'It is overdue until somebody has signed it' : `It can be decided until ${until}`}.\n`,
  };
}

const about = ({ number, title, approvalId }: Request, what: string): string =>
  `Request ${number} ${what}.\n\n  ${oneLine(title)}\n\nOn the server: /api/v1/approvals/${approvalId}\n`;

function alert({ data, id, recordedAt }: RecordedEvent): Notice {
  const { alert: kind, count, userId } = data as JsonObject & { alert: string; count?: number; userId?: UserId };
  const times = count === undefined ? '' : ` (${count} times)`;
  return {
    topic: 'alerts',
    to: { roles: ['admin'] },
    // Who may have made themselves an administrator is not whom to ask about it.
    not: kind === 'administrator-made' && userId ? [userId] : [],
    subject: `Alert: ${kind}`,
    text: `At ${toIso(recordedAt)} there was an alert: ${kind}${times}.\n\nOn the server: /api/v1/audit/events/${id}\n`,
  };
}

/** A name may hold any character; in a message it must not look like more than one line. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, 500);
