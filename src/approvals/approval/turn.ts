import { Role, UserId } from '../../core/index.js';
import type { MaybeApproval } from './events.js';
import { approvalsOf, progressOf, rolesAsked } from './progress.js';

/** The roles whose approval a request waits for, and who can't give it whatever their roles. */
export function turnOf(approval: MaybeApproval): { readonly roles: readonly Role[]; readonly not: readonly UserId[] } {
  if (approval.state !== 'open') return { roles: [], not: [] };
  const { rules, requester } = approval;
  const approvals = approvalsOf(approval);
  const { open } = progressOf(rules, approvals);
  const excluded = rules.excluded.map(({ userId }) => userId);
  return {
    roles: rolesAsked({ steps: open.map((step) => rules.steps[step]!) }),
    not: [requester, ...excluded, ...approvals.map(({ signer }) => signer)],
  };
}
