import { accept, Decider, Decision, JsonObject, Micros, never, refuse, UserId } from '../../core/index.js';
import { digestOf } from '../digest.js';
import { ApprovalRules, Dossier } from '../port.js';
import { Deciding, sign } from './decide-sign.js';
import { Approval, ApprovalEvent, evolve, MaybeApproval, noApproval, Requested } from './events.js';
import { closed, noSuchApproval } from './refusals.js';

export const approvalStream = (approvalId: string): string => `approval-${approvalId}`;

export type ApprovalCommand =
  | ({ readonly type: 'request' } & Requested)
  | { readonly type: 'comment'; readonly comment: string }
  /** What it is about and what it takes, as they are now. */
  | { readonly type: 'refresh'; readonly dossier: Dossier; readonly rules: ApprovalRules }
  | ({ readonly type: 'sign' } & Deciding)
  | { readonly type: 'withdraw'; readonly by: UserId }
  | { readonly type: 'expire'; readonly now: Micros }
  | { readonly type: 'carry-out'; readonly result: JsonObject }
  | { readonly type: 'void'; readonly code: string; readonly why: string };

const MAX_COMMENTS = 500;

export function decide(command: ApprovalCommand, approval: MaybeApproval): Decision<ApprovalEvent> {
  if (command.type === 'request') {
    const { type: _, ...data } = command;
    return approval.state === 'absent' ? accept({ type: 'ApprovalRequested', data }) : accept();
  }
  if (approval.state === 'absent') return noSuchApproval();
  const { approvalId, number, kind, subject } = approval;
  const about = { approvalId, number, kind, subject };
  switch (command.type) {
    case 'comment':
      if (approval.comments >= MAX_COMMENTS)
        return refuse('state', 'too-many-comments', `a request has at most ${MAX_COMMENTS} comments`, 'comment');
      return accept({ type: 'ApprovalCommented', data: { ...about, comment: command.comment } });
    case 'refresh':
      return refresh(command, approval, about);
    case 'sign':
      return sign(command, approval, about);
    case 'withdraw':
      return withdraw(command.by, approval, about);
    case 'expire': {
      const { expiresAt: expiredAt } = approval;
      if (approval.state !== 'open' || command.now < expiredAt) return accept();
      return accept({ type: 'ApprovalExpired', data: { ...about, expiredAt } });
    }
    case 'carry-out':
      return afterGrant(approval, { type: 'ApprovalCarriedOut', data: { ...about, result: command.result } });
    case 'void':
      if (approval.state !== 'open' && approval.state !== 'granted') return accept();
      return accept({ type: 'ApprovalVoided', data: { ...about, code: command.code, why: command.why } });
    default:
      return never(command);
  }
}

type About = Pick<Approval, 'approvalId' | 'number' | 'kind' | 'subject'>;

function refresh(
  { dossier, rules }: Extract<ApprovalCommand, { type: 'refresh' }>,
  approval: Approval,
  about: About,
): Decision<ApprovalEvent> {
  if (approval.state !== 'open') return accept();
  const previousDigest = approval.dossier.digest;
  const events: ApprovalEvent[] = [];
  if (dossier.digest !== previousDigest)
    events.push({ type: 'ApprovalDossierRenewed', data: { ...about, dossier, previousDigest } });
  if (!same(rules, approval.rules)) events.push({ type: 'ApprovalRulesChanged', data: { ...about, rules } });
  return accept(...events);
}

const same = (a: ApprovalRules, b: ApprovalRules): boolean =>
  digestOf(a as unknown as JsonObject) === digestOf(b as unknown as JsonObject);

function withdraw(by: UserId, approval: Approval, about: About): Decision<ApprovalEvent> {
  if (by !== approval.requester)
    return refuse('denied', 'not-your-request', 'a request is withdrawn by whoever made it; a reviewer can reject it');
  if (approval.rules.afterwards)
    return refuse('state', 'review-not-withdrawn', 'a review of what was done is not taken back: somebody signs it');
  if (approval.state === 'withdrawn') return accept();
  return approval.state === 'open' ? accept({ type: 'ApprovalWithdrawn', data: about }) : closed(approval);
}

/** Two may finish what was granted, the approver's call and the reactor after a crash: the first counts. */
function afterGrant(approval: Approval, event: ApprovalEvent): Decision<ApprovalEvent> {
  if (approval.state === 'granted') return accept(event);
  return approval.state === 'carried-out' ? accept() : closed(approval);
}

export const approvalDecider: Decider<MaybeApproval, ApprovalCommand, ApprovalEvent> = {
  initial: noApproval,
  evolve,
  decide,
};
