import {
  accept,
  Decider,
  Decision,
  Limits,
  Micros,
  never,
  refuse,
  Role,
  ROLES,
  Sealed,
  UserId,
} from '../../core/index.js';
import { AccountKind } from '../directory/directory.js';
import { BreakGlassCommand, decideBreakGlass } from '../break-glass/decide-use.js';
import { closeForErasure, CloseForErasure, noteErased, NoteErased } from '../erasure/decide.js';
import { decideFactor, dualControl, FactorCommand } from '../second-factor/decide.js';
import { endAllSessions, EndSession, endSession, StartSession, startSession } from '../sessions/decide.js';
import {
  Deprovision,
  deprovision,
  Profile,
  ProvisionGrants,
  provisionGrants,
  ProvisionPerson,
  provisionPerson,
} from '../scim/users/decide.js';
import { acceptSigning, failSigning, makeSignature, SigningCommand, suspendSigning } from '../signing/decide.js';
import { stillPending, VerifyIdentity, verifyIdentity } from '../verification/decide.js';

import { refuseTogether } from './duties.js';
import { Account, evolve, isAdministrator, nobody, PasswordSet, SignInLocked, User, UserEvent } from './events.js';
import { GrantRole, grantRole, ownRights, RevokeGrant, revokeGrant } from './rights.js';

export const userStream = (userId: UserId): string => `user-${userId}`;

const MAX_TOKENS = 200;

const MINUTE = 60_000_000;
const FIRST_LOCK = MINUTE;
const LONGEST_LOCK = 60 * MINUTE;
/** Without a lock for so long, the next one starts small again. */
const FORGIVEN_AFTER = 24 * 60 * MINUTE;

interface CreateUser {
  readonly type: 'CreateUser';
  readonly userId: UserId;
  readonly kind: AccountKind;
  readonly login: Sealed;
  readonly displayName: Sealed;
  readonly email?: Sealed;
  readonly roles: readonly Role[];
  /** What the lab's directory knows besides; whoever has them is made by it. */
  readonly details?: Sealed;
  /** Verifier of the one-time password; an account without one has to be given a token. */
  readonly verifierId?: string;
  /** How the person's identity was verified, where that was done already; an account without it is pending. */
  readonly verified?: { readonly how: Sealed; readonly by: UserId };
  readonly now: Micros;
}
/** The tenure as administrator that was released, and so may end. */
interface MayEndTenure {
  readonly released?: number;
}
/** `by` is who asks: some things nobody does to themselves, others nobody does to others. */
type Change =
  | GrantRole
  | RevokeGrant
  | StartSession
  | EndSession
  | FactorCommand
  | BreakGlassCommand
  | VerifyIdentity
  | ProvisionPerson
  | Deprovision
  | ProvisionGrants
  | SigningCommand
  | ({ readonly type: 'ChangeRoles'; readonly roles: readonly Role[]; readonly by: UserId } & MayEndTenure)
  | ({ readonly type: 'DisableUser'; readonly by: UserId } & MayEndTenure)
  | CloseForErasure
  | NoteErased
  /** `replaces` is the verifier that the current password was checked against. */
  | { readonly type: 'ChangePassword'; readonly verifierId: string; readonly replaces: string; readonly now: Micros }
  | { readonly type: 'ResetPassword'; readonly verifierId: string; readonly by: UserId; readonly now: Micros }
  | {
      readonly type: 'IssueToken';
      readonly tokenId: string;
      readonly label: Sealed;
      readonly expiresAt?: Micros;
      readonly limits?: Limits;
      readonly now: Micros;
      readonly by: UserId;
    }
  | {
      readonly type: 'RotateToken';
      readonly tokenId: string;
      readonly secretId: string;
      /** The secret that it had when this was asked for. */
      readonly replaces: string | undefined;
      readonly formerUntil: Micros;
      readonly now: Micros;
      readonly by: UserId;
    }
  | { readonly type: 'RevokeToken'; readonly tokenId: string }
  | { readonly type: 'LockSignIn'; readonly failures: number; readonly now: Micros }
  | { readonly type: 'UnlockSignIn'; readonly now: Micros };
export type UserCommand = CreateUser | Change;

export const userDecider: Decider<User, UserCommand, UserEvent> = { initial: nobody, evolve, decide: decideGuarded };

/** What the change needs that would take an administrator away; `administrators/` gives it. */
export const NOT_RELEASED = 'administrator-not-released';

/** Whatever the command is: no administrator goes who was not released. */
function decideGuarded(command: UserCommand, user: User): Decision<UserEvent> {
  const decision = apartFrom(decide(command, user), command, user);
  if (!decision.ok || !isAdministrator(user)) return decision;
  if (isAdministrator(decision.events.reduce(evolve, user as User))) return decision;
  const released = 'released' in command ? command.released : undefined;
  if (released === user.tenure) return decision;
  return refuse('conflict', NOT_RELEASED, 'another change of administrators came in between; try again');
}

/** Whatever the command is: nobody gets duties that are kept apart. */
function apartFrom(decision: Decision<UserEvent>, command: UserCommand, user: User): Decision<UserEvent> {
  if (!decision.ok) return decision;
  const after = decision.events.reduce(evolve, user);
  return refuseTogether(user, after, 'now' in command ? command.now : undefined) ?? decision;
}

function decide(command: UserCommand, user: User): Decision<UserEvent> {
  return withSessions(decision(command, user), user);
}

/** Whatever command disables an account or sets its password, its sessions end in the same append. */
function withSessions(decided: Decision<UserEvent>, user: User): Decision<UserEvent> {
  if (!decided.ok || user.status === 'absent' || user.sessions.isEmpty()) return decided;
  const happens = (type: UserEvent['type']) => decided.events.some((event) => event.type === type);
  if (happens('UserDisabled')) return accept(...decided.events, ...endAllSessions(user, 'user-disabled'));
  if (happens('PasswordSet')) return accept(...decided.events, ...endAllSessions(user, 'password-changed'));
  return decided;
}

function decision(command: UserCommand, user: User): Decision<UserEvent> {
  if (command.type === 'CreateUser') {
    return user.status === 'absent'
      ? create(command)
      : refuse('already-exists', 'user-exists', 'there is already an account with this login', 'login');
  }
  if (user.status === 'absent') return refuse('not-found', 'user-not-found', 'there is no such account');
  const { userId } = user;
  switch (command.type) {
    case 'ChangeRoles':
      return changeRoles(command, user);
    case 'GrantRole':
      return grantRole(command, user);
    case 'RevokeGrant':
      return revokeGrant(command, user);
    case 'VerifyIdentity':
      return verifyIdentity(command, user);
    case 'ProvisionPerson':
      return provisionPerson(command, user);
    case 'Deprovision':
      return deprovision(user);
    case 'ProvisionGrants':
      return provisionGrants(command, user);
    case 'DisableUser':
      if (command.by === userId)
        return refuse('state', 'own-account', 'nobody disables their own account: ask another administrator');
      // Said again of somebody whom the directory disabled, it lasts: the directory can't let them come back.
      if (user.status === 'disabled' && !user.disabledByDirectory) return accept();
      return accept({ type: 'UserDisabled', data: { userId } });
    case 'CloseForErasure':
      return closeForErasure(user);
    case 'NoteErased':
      return noteErased(command, user);
    case 'ChangePassword':
      return changePassword(command, user);
    case 'ResetPassword':
      return resetPassword(command, user);
    case 'IssueToken':
      return issueToken(command, user);
    case 'RotateToken':
      return rotateToken(command, user);
    case 'RevokeToken': {
      const { tokenId } = command;
      return user.tokens.has(tokenId) ? accept({ type: 'TokenRevoked', data: { userId, tokenId } }) : accept();
    }
    case 'StartSession':
      return startSession(command, user);
    case 'EndSession':
      return endSession(command, user);
    case 'OfferSecondFactor':
    case 'EnrolSecondFactor':
    case 'UseRecoveryCode':
    case 'RemoveSecondFactor':
    case 'ResetSecondFactor':
      return decideFactor(command, user);
    case 'SetBreakGlass':
    case 'UseBreakGlass':
      return decideBreakGlass(command, user);
    case 'MakeSignature':
      return makeSignature(command, user, isLocked(user, command.now));
    case 'AcceptSigning':
      return acceptSigning(command, user, isLocked(user, command.now));
    case 'FailSigning':
      return failSigning(command, user, (failures) => lockEvents(failures, command.now, user));
    case 'SuspendSigning':
      return suspendSigning(command, user);
    case 'LockSignIn':
      return accept(...lockEvents(command.failures, command.now, user));
    case 'UnlockSignIn':
      return isLocked(user, command.now) ? accept({ type: 'SignInUnlocked', data: { userId } }) : accept();
    default:
      return never(command);
  }
}

function create({ type: _, verifierId, roles, verified, details, now, ...who }: CreateUser): Decision<UserEvent> {
  const { userId, kind } = who;
  const waits = kind === 'person' ? { awaitsVerification: true as const } : {};
  const origin = details ? { byDirectory: true as const } : {};
  const events: UserEvent[] = [{ type: 'UserCreated', data: { ...who, roles: sorted(roles), ...waits, ...origin } }];
  if (details) {
    const { displayName, email } = who;
    const profile: Profile = { displayName, ...(email === undefined ? {} : { email }), details };
    events.push({ type: 'ProfileChanged', data: { userId, ...profile } });
  }
  if (verified) events.push({ type: 'IdentityVerified', data: { userId, ...verified } });
  if (verifierId !== undefined) events.push(...oneTime({ userId }, { version: 1, verifierId, setAt: now }));
  return accept(...events);
}

const oneTime = (
  { userId, by }: { readonly userId: UserId; readonly by?: UserId },
  password: Omit<PasswordSet['data'], 'userId'>,
): readonly UserEvent[] => [
  { type: 'PasswordSet', data: { userId, ...password } },
  { type: 'PasswordChangeRequired', data: { userId, why: 'one-time-password', ...(by === undefined ? {} : { by }) } },
];

function changeRoles({ roles, by }: Extract<Change, { type: 'ChangeRoles' }>, user: Account): Decision<UserEvent> {
  if (user.status === 'disabled') return disabled();
  const { userId, roles: from } = user;
  const to = sorted(roles);
  if (by === userId) return ownRights();
  return from.join() === to.join() ? accept() : accept({ type: 'RolesChanged', data: { userId, from, to } });
}

function changePassword(
  { verifierId, replaces, now }: Extract<Change, { type: 'ChangePassword' }>,
  user: Account,
): Decision<UserEvent> {
  if (user.status === 'disabled') return disabled();
  const { userId, password } = user;
  if (password?.verifierId !== replaces) {
    return refuse(
      'conflict',
      'password-changed-meanwhile',
      'the password was changed by somebody else meanwhile; sign in again',
    );
  }
  return accept({
    type: 'PasswordSet',
    data: { userId, version: password.version + 1, verifierId, replaces, setAt: now },
  });
}

function resetPassword(
  { verifierId, by, now }: Extract<Change, { type: 'ResetPassword' }>,
  user: Account,
): Decision<UserEvent> {
  if (user.status === 'disabled') return disabled();
  const { userId, kind, password } = user;
  if (kind === 'service') return refuse('state', 'service-account', 'service accounts have tokens, not passwords');
  if (by === userId)
    return refuse('state', 'own-account', 'change your own password with POST /api/v1/users/me/password');
  if (user.resetBy?.factor === by) return dualControl();
  const replaces = password?.verifierId;
  return accept(
    ...oneTime(
      { userId, by },
      {
        version: (password?.version ?? 0) + 1,
        verifierId,
        setAt: now,
        ...(replaces === undefined ? {} : { replaces }),
      },
    ),
  );
}

function issueToken(
  { type: _, by, now, ...token }: Extract<Change, { type: 'IssueToken' }>,
  user: Account,
): Decision<UserEvent> {
  if (user.status === 'disabled') return disabled();
  if (user.status === 'pending') return stillPending();
  const { userId, kind, tokens } = user;
  if (by !== userId && kind === 'person') return anothers();
  if (token.expiresAt !== undefined && token.expiresAt <= now)
    return refuse('invalid', 'expired', 'the expiry must be in the future', 'expires_at');
  const live = tokens.count(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  if (live >= MAX_TOKENS)
    return refuse('state', 'too-many-tokens', `an account has at most ${MAX_TOKENS} tokens: revoke some first`);
  return accept({ type: 'TokenIssued', data: { userId, ...token } });
}

function rotateToken(
  { tokenId, secretId, replaces, formerUntil, now, by }: Extract<Change, { type: 'RotateToken' }>,
  user: Account,
): Decision<UserEvent> {
  if (user.status === 'disabled') return disabled();
  const { userId, kind, tokens } = user;
  if (by !== userId && kind === 'person') return anothers();
  const token = tokens.get(tokenId);
  if (!token) return refuse('not-found', 'token-not-found', 'there is no such token');
  if (token.expiresAt !== undefined && token.expiresAt <= now)
    return refuse('state', 'token-expired', 'the token has expired: issue another');
  if (token.secretId !== replaces) return rotatedMeanwhile();
  return accept({ type: 'TokenRotated', data: { userId, tokenId, secretId, formerUntil } });
}

const rotatedMeanwhile = () =>
  refuse(
    'conflict',
    'token-rotated-meanwhile',
    'the token was given another secret by somebody else meanwhile: use that one, or sign in with the password to rotate it again',
  );

const anothers = () =>
  refuse(
    'denied',
    'token-for-another-person',
    'a token acts in its owner’s name, so a person’s tokens are issued by that person only',
    'user_id',
  );

export const isLocked = ({ lock }: Account, now: Micros): boolean => lock !== undefined && lock.until > now;

/** Each lock within a day lasts twice as long as the one before: waiting costs a guesser more than a person. */
function lockEvents(failures: number, now: Micros, user: Account): readonly SignInLocked[] {
  if (user.status === 'disabled' || isLocked(user, now)) return [];
  const { userId, lock } = user;
  const level = lock !== undefined && now - lock.until < FORGIVEN_AFTER ? lock.level + 1 : 1;
  const until = (now + Math.min(FIRST_LOCK * 2 ** (level - 1), LONGEST_LOCK)) as Micros;
  return [{ type: 'SignInLocked', data: { userId, failures, until, level } }];
}

const disabled = () => refuse('state', 'user-disabled', 'the account is disabled');

/** Each role once, in one order, so that the same set is always the same list. */
const sorted = (roles: readonly Role[]): readonly Role[] => ROLES.filter((role) => roles.includes(role));
