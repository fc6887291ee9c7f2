import { accept, Actor, Decision, Micros, refuse, Role } from '../../core/index.js';
import { Meaning, Signature } from '../port.js';
import { Approval, ApprovalEvent, Verdict } from './events.js';
import { approvalsOf, askedOf, progressOf, rolesAsked } from './progress.js';
import { closed, expired } from './refusals.js';

/** Who decides, with the roles that they have now for what the request is about. */
export type Signer = Pick<Actor, 'id' | 'kind' | 'verified' | 'roles'>;

export interface Asking {
  readonly signer: Signer;
  readonly decision: Verdict;
  readonly meaning: Meaning;
  /** Of the dossier that they were shown. */
  readonly digest: string;
  readonly now: Micros;
}

export interface Deciding extends Asking {
  readonly signature: Signature;
}

type Refused = ReturnType<typeof refuse>;
type About = Pick<Approval, 'approvalId' | 'number' | 'kind' | 'subject'>;

export function sign(command: Deciding, approval: Approval, about: About): Decision<ApprovalEvent> {
  const refusal = mayNotDecide(command, approval) ?? notTheirs(command, approval);
  if (refusal) return refusal;
  const { decision, signature, signer, digest } = command;
  const roles = rolesFor(signer, approval);
  const given = { signatureId: signature.signatureId, roles };
  const { counted, missing } = progressOf(approval.rules, [...approvalsOf(approval), given]);
  const step = decision === 'approve' ? counted.get(given.signatureId) : undefined;
  const data = { ...about, decision, ...(step === undefined ? {} : { step }), roles, signature };
  const signed: ApprovalEvent = { type: 'ApprovalSigned', data };
  const closing: ApprovalEvent = {
    type: decision === 'reject' ? 'ApprovalRejected' : 'ApprovalGranted',
    data: { ...about, digest },
  };
  return decision === 'reject' || missing.length === 0 ? accept(signed, closing) : accept(signed);
}

/** Asked before anybody is asked for a password, and again with the signature, since others decide at the same time. */
export function mayNotDecide(asking: Asking, approval: Approval): Refused | undefined {
  const { signer, decision, meaning, digest, now } = asking;
  if (approval.state !== 'open') return closed(approval);
  if (now >= approval.expiresAt) return expired(approval);
  if ((meaning === 'rejected') !== (decision === 'reject')) {
    const message = `who decides '${decision}' can't sign with the meaning '${meaning}'`;
    return refuse('invalid', 'meaning-does-not-fit', message, 'meaning');
  }
  return (
    notInPerson(signer) ?? notIndependent(signer, approval) ?? stale(digest, approval) ?? notAsked(asking, approval)
  );
}

/** A signature stands for a person. That they are there, and not only a session or token of theirs, the signer sees to. */
function notInPerson({ kind, verified }: Signer): Refused | undefined {
  if (kind !== 'person' || verified === false)
    return refuse('denied', 'not-a-person', 'a decision is signed by a person who has an account, and by nobody else');
  return undefined;
}

function notIndependent({ id }: Signer, { requester, rules }: Approval): Refused | undefined {
  if (id === requester)
    return refuse('denied', 'own-request', 'nobody decides about what they requested themselves: somebody else does');
  const excluded = rules.excluded.find(({ userId }) => userId === id);
  if (excluded) return refuse('denied', 'not-independent', `you may not decide about this: you ${excluded.why}`);
  return undefined;
}

function stale(digest: string, { dossier, approvalId }: Approval): Refused | undefined {
  if (digest === dossier.digest) return undefined;
  const message =
    `what you saw is not what would be decided about any more (its digest is ${dossier.digest} now): ` +
    `read it again with GET /api/v1/approvals/${approvalId}, and decide on that`;
  return refuse('conflict', 'stale-dossier', message, 'digest');
}

const rolesFor = ({ roles }: Signer, { rules }: Approval): readonly Role[] =>
  rolesAsked(rules).filter((role) => roles.includes(role));

function notAsked({ signer, decision }: Asking, approval: Approval): Refused | undefined {
  const { rules } = approval;
  const roles = rolesFor(signer, approval);
  if (roles.length === 0) {
    const message = `that takes the role ${rolesAsked(rules).join(' or ')}, and you don't have it here`;
    return refuse('denied', 'approval-role-missing', message);
  }
  const approvals = approvalsOf(approval);
  if (approvals.some((given) => given.signer === signer.id))
    return refuse('denied', 'signed-already', 'you have decided about this: somebody else has to, too');
  if (decision === 'reject') return undefined;
  const { counted, missing, open } = progressOf(rules, [...approvals, { signatureId: '', roles }]);
  if (counted.has('')) return undefined;
  const next = progressOf(rules, approvals).missing.filter(
    ({ step }) => rules.order === 'parallel' || step === open[0],
  );
  const needed = (next.length > 0 ? next : missing).map((step) => `${step.approvals} × ${askedOf(step)}`).join(', ');
  return refuse('conflict', 'step-not-open', `your approval is not what is needed now: that is ${needed}`);
}

/** The signer can't make a mistake here, and nobody can bring a signature that was made for something else. */
function notTheirs({ signature, signer, digest, meaning }: Deciding, approval: Approval): Refused | undefined {
  const { subject } = signature;
  const fits =
    signature.signer === signer.id &&
    signature.digest === digest &&
    signature.meaning === meaning &&
    subject.kind === 'approval' &&
    subject.id === approval.approvalId &&
    !approval.signatures.some(({ signatureId }) => signatureId === signature.signatureId);
  return fits
    ? undefined
    : refuse('denied', 'signature-of-another', 'this signature was made for something else, or by somebody else');
}
