import { Actor, ScopedRole } from '../../core/index.js';
import { Action, ACTIONS } from '../../http/index.js';
import { rolesThatMay } from './matrix.js';

export interface Denial {
  readonly code: string;
  readonly message: string;
}

const HOW = 'with POST /api/v1/users/me/password {"current": …, "new": …}';

export const CHANGE_FIRST: Readonly<Record<'one-time' | 'aged', Denial>> = {
  'one-time': { code: 'password-change-required', message: `this password works once: set your own first ${HOW}` },
  aged: { code: 'password-change-required', message: `this password has become too old: set another first ${HOW}` },
};

export const ENROL_FIRST: Denial = {
  code: 'second-factor-required',
  message:
    'your role needs a second factor: enrol one first with POST /api/v1/users/me/second-factor, then …/second-factor/confirm {"code": …}',
};

export const UNDECLARED: Denial = {
  code: 'no-permission-declared',
  message: 'this route declares no permission, so nobody may call it',
};

export const PENDING: Denial = {
  code: 'account-pending',
  message:
    'this account is not active yet: an administrator has to record first how your identity was verified ' +
    '(POST /api/v1/users/{id}/identity-verification)',
};

export const LIMITED: Denial = {
  code: 'token-limited',
  message:
    'this token is limited to less than its owner may do, and that is not part of it: sign in with another token, or with a password',
};

/** Names the right, who has it and the way to it. An unverified actor has no roles of their own: nobody knows who it is, and what is said must be true of anybody. */
export function notPermitted(
  {
    actor: { roles, verified },
    scoped = [],
  }: { readonly actor: Pick<Actor, 'roles' | 'verified'>; readonly scoped?: readonly ScopedRole[] },
  action: Action,
): Denial {
  const all = [...roles, ...scoped.map(({ role, scope }) => `${role} for ${named(scope)}`)];
  const have = all.length === 0 ? 'no role' : `the role${all.length === 1 ? '' : 's'} ${all.join(', ')}`;
  const who = verified === false ? 'this open server knows nobody, and gives everyone' : 'you have';
  const takes = `that takes the role ${rolesThatMay(action).join(' or ')}`;
  const way =
    verified === false
      ? 'serve with accounts (without --open) to have one'
      : 'ask somebody who has it, or an administrator to give it to you';
  const here = scoped.length > 0 ? ' here' : '';
  const message = `${who} ${have}, which may not ${ACTIONS[action]}${here} (${action}); ${takes}: ${way}`;
  return { code: 'not-permitted', message };
}

const named = (scope: ScopedRole['scope']) =>
  'pattern' in scope ? `${scope.kind} named ${scope.pattern}` : `the ${scope.kind} ${scope.id}`;
