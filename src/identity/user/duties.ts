import { Decision, Micros, Role } from '../../core/index.js';
import { areApart, heldAlone } from './apart.js';
import { Account, User, UserEvent } from './events.js';
import { isLive } from './rights.js';

/** Whatever it holds, wherever and however long. */
const held = ({ roles, grants }: Account, now: Micros | undefined): readonly Role[] => [
  ...roles,
  ...[...grants.values()].filter((grant) => now === undefined || isLive(grant, now)).map(({ role }) => role),
];

/** Accounts that hold both from earlier on are left as they are, until somebody changes them. */
export function refuseTogether(before: User, after: User, now: Micros | undefined): Decision<UserEvent> | undefined {
  if (after.status === 'absent' || !areApart(held(after, now))) return undefined;
  return before.status !== 'absent' && areApart(held(before, now)) ? undefined : heldAlone();
}
