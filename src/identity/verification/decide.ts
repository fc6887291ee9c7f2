import { accept, Decision, refuse, Sealed, UserId } from '../../core/index.js';
import { Account, UserEvent } from '../user/events.js';

export interface VerifyIdentity {
  readonly type: 'VerifyIdentity';
  readonly how: Sealed;
  readonly by: UserId;
}

/** May be recorded again: each record is somebody's statement at a time. Nobody vouches for themselves. */
export function verifyIdentity({ how, by }: VerifyIdentity, user: Account): Decision<UserEvent> {
  const { userId, kind, status } = user;
  if (status === 'disabled') return refuse('state', 'user-disabled', 'the account is disabled');
  if (kind === 'service') return refuse('state', 'service-account', 'a service account stands for no person');
  if (by === userId) {
    const message = 'nobody vouches for their own identity: ask another administrator';
    return refuse('denied', 'own-identity', message);
  }
  return accept({ type: 'IdentityVerified', data: { userId, how, by } });
}

export const stillPending = () =>
  refuse(
    'state',
    'account-pending',
    'the account is not active yet: nobody has recorded how its person was identified',
  );
