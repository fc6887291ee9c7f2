import { List } from 'immutable';
import { DomainEvent, JsonObject, Micros, never, Role, UserId } from '../../core/index.js';
import { ApprovalRules, Dossier, Meaning, Signature, Subject } from '../port.js';

export type Verdict = 'approve' | 'reject';

interface OfApproval {
  readonly approvalId: string;
  /** For people; never given twice. */
  readonly number: number;
  readonly kind: string;
  readonly subject: Subject;
}

export interface Requested extends OfApproval {
  readonly title: string;
  /** What is done once it is approved, in the words of whoever offers the kind. */
  readonly action: JsonObject;
  /** The person, also where a service asked for them. */
  readonly requester: UserId;
  readonly dossier: Dossier;
  readonly rules: ApprovalRules;
  readonly expiresAt: Micros;
  readonly comment?: string;
}

/** Whose signature, and which of the roles that they had then it counts for. */
export interface Signed extends OfApproval {
  readonly decision: Verdict;
  /** Index of the step that it counts for; a rejection counts for none. */
  readonly step?: number;
  /** Those of the signer's roles that the rules asked for. */
  readonly roles: readonly Role[];
  readonly signature: Signature;
}

export type ApprovalEvent =
  | DomainEvent<'ApprovalRequested', Requested>
  | DomainEvent<'ApprovalCommented', OfApproval & { readonly comment: string }>
  /** What is decided about is no longer what was shown: approvals given on the older dossier don't count any more. */
  | DomainEvent<'ApprovalDossierRenewed', OfApproval & { readonly dossier: Dossier; readonly previousDigest: string }>
  | DomainEvent<'ApprovalRulesChanged', OfApproval & { readonly rules: ApprovalRules }>
  | DomainEvent<'ApprovalSigned', Signed>
  /** Of those who signed, all whose accounts are not active by now: what they approved doesn't count meanwhile. */
  | DomainEvent<'ApprovalSignersChanged', OfApproval & { readonly inactive: readonly UserId[] }>
  | DomainEvent<'ApprovalGranted', OfApproval & { readonly digest: string }>
  | DomainEvent<'ApprovalRejected', OfApproval & { readonly digest: string }>
  | DomainEvent<'ApprovalWithdrawn', OfApproval>
  | DomainEvent<'ApprovalExpired', OfApproval & { readonly expiredAt: Micros }>
  | DomainEvent<'ApprovalCarriedOut', OfApproval & { readonly result: JsonObject }>
  /** What it was about is gone, or can't be done any more. */
  | DomainEvent<'ApprovalVoided', OfApproval & { readonly code: string; readonly why: string }>;

export const STATES = ['open', 'granted', 'carried-out', 'rejected', 'withdrawn', 'expired', 'void'] as const;
export type ApprovalState = (typeof STATES)[number];

export interface GivenSignature {
  readonly signer: UserId;
  readonly decision: Verdict;
  readonly step: number | undefined;
  readonly roles: readonly Role[];
  readonly signatureId: string;
  readonly digest: string;
}

/** With what it says besides, so that the same decision is known when it is sent again. */
export interface KeptSignature extends GivenSignature {
  readonly meaning: Meaning;
  readonly reason: string;
}

export interface Approval extends OfApproval {
  readonly state: ApprovalState;
  readonly title: string;
  readonly action: JsonObject;
  readonly requester: UserId;
  readonly dossier: Dossier;
  /** All that there were: what was signed stays what was shown. */
  readonly dossiers: List<Dossier>;
  readonly rules: ApprovalRules;
  readonly expiresAt: Micros;
  readonly signatures: List<KeptSignature>;
  /** Of those who signed, whose accounts are not active. */
  readonly inactive: readonly UserId[];
  readonly comments: number;
  /** Why it is void. */
  readonly why?: string;
}

export type MaybeApproval = Approval | { readonly state: 'absent' };

export const noApproval: MaybeApproval = { state: 'absent' };

export function evolve(approval: MaybeApproval, event: ApprovalEvent): MaybeApproval {
  if (event.type === 'ApprovalRequested') {
    const { comment, ...requested } = event.data;
    const dossiers = List([requested.dossier]);
    const comments = comment === undefined ? 0 : 1;
    return { ...requested, dossiers, state: 'open', signatures: List(), inactive: [], comments };
  }
  return approval.state === 'absent' ? approval : changed(approval, event);
}

function changed(approval: Approval, event: Exclude<ApprovalEvent, { type: 'ApprovalRequested' }>): Approval {
  switch (event.type) {
    case 'ApprovalCommented':
      return { ...approval, comments: approval.comments + 1 };
    case 'ApprovalDossierRenewed':
      return { ...approval, dossier: event.data.dossier, dossiers: approval.dossiers.push(event.data.dossier) };
    case 'ApprovalRulesChanged':
      return { ...approval, rules: event.data.rules };
    case 'ApprovalSigned': {
      const { decision, step, roles, signature } = event.data;
      const { signer, signatureId, digest, meaning, reason } = signature;
      const given = { signer, decision, step, roles, signatureId, digest, meaning, reason };
      return { ...approval, signatures: approval.signatures.push(given) };
    }
    case 'ApprovalSignersChanged':
      return { ...approval, inactive: event.data.inactive };
    case 'ApprovalGranted':
      return { ...approval, state: 'granted' };
    case 'ApprovalRejected':
      return { ...approval, state: 'rejected' };
    case 'ApprovalWithdrawn':
      return { ...approval, state: 'withdrawn' };
    case 'ApprovalExpired':
      return { ...approval, state: 'expired' };
    case 'ApprovalCarriedOut':
      return { ...approval, state: 'carried-out' };
    case 'ApprovalVoided':
      return { ...approval, state: 'void', why: event.data.why };
    default:
      return never(event);
  }
}
