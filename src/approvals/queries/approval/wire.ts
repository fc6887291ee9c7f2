import { Micros, RecordedEvent, toIso } from '../../../core/index.js';
import { approvalsOf } from '../../approval/progress.js';
import { Signed } from '../../approval/events.js';
import { ApprovalView } from './query.js';

/** A request as our API shows it: all that somebody needs to decide, and all that was decided. */
export function approvalWire(view: ApprovalView) {
  const { approval, changed, gone, progress, events, refusal } = view;
  const { approvalId, number, kind, subject, title, action, state, requester, rules, dossier, expiresAt } = approval;
  const { order, steps, excluded, policy, expiresAfterHours, afterwards } = rules;
  const open = state === 'open' && gone === undefined;
  return {
    approval_id: approvalId,
    number,
    kind,
    subject,
    title,
    action,
    state,
    requested_by: requester,
    requested_at: toIso(events[0]!.recordedAt),
    ...(afterwards ? { overdue: open } : { expires_at: toIso(expiresAt) }),
    dossier: { digest: dossier.digest, content: dossier.content, changed },
    rules: {
      order,
      steps,
      ...(afterwards ? { afterwards } : { expires_after_hours: expiresAfterHours }),
      excluded: excluded.map(({ userId, why }) => ({ user_id: userId, why })),
      policy,
    },
    decisions: decisionsOf(view),
    missing: open ? progress.missing : [],
    who_may_decide: open ? progress.open.map((step) => ({ step, role: steps[step]!.role, or: steps[step]!.or })) : [],
    you:
      refusal === undefined && open ? { may_decide: true } : { may_decide: false, why: gone?.why ?? refusal?.message },
    comments: events.flatMap(commentOf),
    history: events.map(({ type, actor, recordedAt, id }) => ({
      event: type,
      at: toIso(recordedAt),
      by: actor.id,
      event_id: id,
    })),
    result: resultOf(events),
    why: gone?.why ?? approval.why,
  };
}

function decisionsOf({ approval, progress, events, printedName }: ApprovalView) {
  const counting = new Set(approvalsOf(approval).map(({ signatureId }) => signatureId));
  return events
    .filter(({ type }) => type === 'ApprovalSigned')
    .map(({ data }) => {
      const { decision, roles, signature } = data as unknown as Signed;
      const { signatureId, signer, meaning, reason, signedAt, components, digest, statementDigest } = signature;
      return {
        signature_id: signatureId,
        decision,
        signer,
        printed_name: printedName(signature),
        meaning,
        reason,
        roles,
        signed_at: toIso(signedAt),
        components,
        digest,
        statement_digest: statementDigest,
        /** An approval of an older dossier does not count. */
        counts: decision === 'reject' || counting.has(signatureId),
        step: progress.counted.get(signatureId),
      };
    });
}

function commentOf({ type, data, actor, recordedAt }: RecordedEvent) {
  const { comment } = data as { readonly comment?: string };
  const told = (type === 'ApprovalRequested' || type === 'ApprovalCommented') && comment !== undefined;
  return told ? [{ by: actor.id, at: toIso(recordedAt), comment }] : [];
}

const resultOf = (events: readonly RecordedEvent[]) =>
  events.find(({ type }) => type === 'ApprovalCarriedOut')?.data['result'];

export const isoOf = (at: number | null): string | undefined => (at === null ? undefined : toIso(at as Micros));
