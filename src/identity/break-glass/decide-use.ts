import { accept, Decision, Micros, never, refuse, Role, UserId } from '../../core/index.js';
import { Account, RoleGrantRevoked } from '../user/events.js';
import { isLive, rightsAt } from '../user/rights.js';
import { stillPending } from '../verification/decide.js';
import { BreakGlassEvent } from './events.js';

export type BreakGlassCommand =
  | { readonly type: 'SetBreakGlass'; readonly allowed: boolean; readonly by: UserId; readonly now: Micros }
  | {
      readonly type: 'UseBreakGlass';
      readonly reviewId: string;
      readonly role: Role;
      readonly expiresAt: Micros;
      readonly now: Micros;
    };

type Outcome = Decision<BreakGlassEvent | RoleGrantRevoked>;

export function decideBreakGlass(command: BreakGlassCommand, user: Account): Outcome {
  if (user.status === 'disabled') return refuse('state', 'user-disabled', 'the account is disabled');
  switch (command.type) {
    case 'SetBreakGlass':
      return setBreakGlass(command, user);
    case 'UseBreakGlass':
      return useBreakGlass(command, user);
    default:
      return never(command);
  }
}

function setBreakGlass(
  { allowed, by, now }: Extract<BreakGlassCommand, { type: 'SetBreakGlass' }>,
  user: Account,
): Outcome {
  const { userId, kind, breakGlass, grants } = user;
  if (by === userId)
    return refuse('state', 'own-account', 'nobody allows themselves to break the glass: ask another administrator');
  if (kind === 'service') return refuse('state', 'service-account', 'only a person can break the glass');
  if (allowed === breakGlass) return accept();
  if (allowed) return accept({ type: 'BreakGlassAllowed', data: { userId } });
  // What was taken by it and still holds goes with it.
  const taken = [...grants].filter(([, grant]) => grant.breakGlass === true && isLive(grant, now));
  return accept<BreakGlassEvent | RoleGrantRevoked>(
    { type: 'BreakGlassWithdrawn', data: { userId } },
    ...taken.map(([grantId, { role, scope }]): RoleGrantRevoked => ({
      type: 'RoleGrantRevoked',
      data: { userId, grantId, role, scope },
    })),
  );
}

function useBreakGlass(
  { reviewId, role, expiresAt, now }: Extract<BreakGlassCommand, { type: 'UseBreakGlass' }>,
  user: Account,
): Outcome {
  const { userId, breakGlass, grants, status } = user;
  if (status === 'pending') return stillPending();
  if (!breakGlass) {
    const message = 'an administrator has to allow your account to break the glass before there is need';
    return refuse('denied', 'break-glass-not-allowed', message);
  }
  if (grants.has(reviewId)) return accept();
  if (rightsAt(user, now).roles.includes(role))
    return refuse('state', 'role-held', 'you have this role already', 'role');
  return accept({ type: 'BreakGlassUsed', data: { userId, reviewId, role, expiresAt } });
}
