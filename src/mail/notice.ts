import { JsonObject, RecordedEvent, Role, toIso, UserId } from '../core/index.js';
import { Topic } from './topics.js';

/** Who is written to, and what. Nobody's name and no free text is in it: a mailbox is outside of the server. */
export interface Notice {
  readonly topic: Topic;
  readonly to: { readonly roles: readonly Role[] } | { readonly user: UserId };
  /** Not these, whatever their roles. */
  readonly not: readonly UserId[];
  readonly subject: string;
  readonly text: string;
}

/** Of the first event of a request; other rooms' types are not known here. */
interface Request {
  readonly approvalId: string;
  readonly number: number;
  readonly title: string;
  readonly requester: UserId;
  readonly rules: {
    readonly steps: readonly { readonly role: Role; readonly or?: readonly Role[] }[];
    readonly afterwards?: true;
    readonly excluded: readonly { readonly userId: UserId }[];
  };
  readonly expiresAt: number;
}

const DECISIONS: Readonly<Record<string, string>> = {
  ApprovalRejected: 'was rejected',
  ApprovalCarriedOut: 'was approved and carried out',
  ApprovalExpired: 'expired before it was decided',
  ApprovalVoided: 'can’t be carried out any more',
  ApprovalCommented: 'has a new comment',
};

/** The types of events that anybody is written to about. A released list never changes: its group follows it. */
export const NOTICED = ['ApprovalRequested', 'ApprovalDossierRenewed', ...Object.keys(DECISIONS), 'AlertRaised'];

export const isOfApproval = ({ type }: RecordedEvent): boolean => type.startsWith('Approval');

/** @param first the request's first event, for events of requests */
export function noticeOf(event: RecordedEvent, first: RecordedEvent | undefined): Notice | undefined {
  if (event.type === 'AlertRaised') return alert(event);
  if (!first) return undefined;
  const request = first.data as unknown as Request;
  if (event.type === 'ApprovalRequested') return toDecide(request, 'waits for a decision');
  if (event.type === 'ApprovalDossierRenewed')
    return toDecide(request, 'has changed: what was approved before has to be approved again');
  const what = DECISIONS[event.type];
  if (what === undefined || request.requester === event.actor.id) return undefined;
  return {
    topic: 'decisions',
    to: { user: request.requester },
    not: [],
    subject: `Your request ${request.number} ${what}`,
    text: about(request, what),
  };
}

function toDecide(request: Request, what: string): Notice {
  const { steps, excluded, afterwards } = request.rules;
  const until = toIso(request.expiresAt as RecordedEvent['recordedAt']);
  return {
    topic: 'requests',
    to: { roles: [...new Set(steps.flatMap(({ role, or = [] }) => [role, ...or]))] },
    not: [request.requester, ...excluded.map(({ userId }) => userId)],
    subject: `Request ${request.number} ${what}`,
    text: `${about(request, what)}\n${afterwards ? 'It is overdue until somebody has signed it' : `It can be decided until ${until}`}.\n`,
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
