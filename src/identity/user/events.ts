import { Map } from 'immutable';
import { DomainEvent, Limits, Micros, never, Role, Scope, Sealed, UserId } from '../../core/index.js';
import { AccountKind } from '../directory/directory.js';
import { BreakGlassEvent } from '../break-glass/events.js';
import { evolveFactor, FactorState, SecondFactorEvent } from '../second-factor/events.js';
import { evolveSessions, LiveSessions, SessionEvent } from '../sessions/events.js';
import { evolveSigning, neverSigned, resetBy, SigningEvent, SigningState, vouchedBy } from '../signing/events.js';

export type UserCreated = DomainEvent<
  'UserCreated',
  {
    readonly userId: UserId;
    readonly kind: AccountKind;
    readonly login: Sealed;
    readonly displayName: Sealed;
    readonly email?: Sealed;
    readonly roles: readonly Role[];
    /** Nothing can be done with the account until somebody has recorded how the person's identity was verified. */
    readonly awaitsVerification?: true;
    /** By the lab's directory, over SCIM. */
    readonly byDirectory?: true;
  }
>;

/** Who checked, and how, that the account's person is who they are said to be (21 CFR 11.100(b)). */
export type IdentityVerified = DomainEvent<
  'IdentityVerified',
  { readonly userId: UserId; readonly how: Sealed; readonly by: UserId }
>;

/** As the lab's directory has it now; `details` is JSON. What is missing is taken away. */
export type ProfileChanged = DomainEvent<
  'ProfileChanged',
  { readonly userId: UserId; readonly displayName: Sealed; readonly email?: Sealed; readonly details?: Sealed }
>;

export type RolesChanged = DomainEvent<
  'RolesChanged',
  { readonly userId: UserId; readonly from: readonly Role[]; readonly to: readonly Role[] }
>;

/** MLflow's words for how much somebody may do with one thing. */
export const PERMISSION_LEVELS = ['READ', 'USE', 'EDIT', 'MANAGE'] as const;
export type PermissionLevel = (typeof PERMISSION_LEVELS)[number];

/** A role beside those that hold everywhere and for ever: for some names, until a time, or both. */
export type RoleGranted = DomainEvent<
  'RoleGranted',
  {
    readonly userId: UserId;
    readonly grantId: string;
    readonly role: Role;
    readonly scope: Scope;
    readonly expiresAt?: Micros;
    /** What it was called by who asked for it over MLflow's own permission calls; the role is what counts. */
    readonly level?: PermissionLevel;
  }
>;

export type RoleGrantRevoked = DomainEvent<
  'RoleGrantRevoked',
  { readonly userId: UserId; readonly grantId: string; readonly role: Role; readonly scope: Scope }
>;

/** That it was set, and which verifier in the credential store counts from now on; never a hash. */
export type PasswordSet = DomainEvent<
  'PasswordSet',
  {
    readonly userId: UserId;
    readonly version: number;
    readonly verifierId: string;
    readonly replaces?: string;
    /** Absent in logs from before passwords aged: such a password is as old as can be. */
    readonly setAt?: Micros;
  }
>;

export type PasswordChangeRequired = DomainEvent<
  'PasswordChangeRequired',
  {
    readonly userId: UserId;
    readonly why: 'one-time-password';
    /** Who reset it; absent when the account was made with it, and in older logs. */
    readonly by?: UserId;
  }
>;

/** After repeated wrong passwords: none is accepted until then, the right one included. Tokens go on. */
export type SignInLocked = DomainEvent<
  'SignInLocked',
  { readonly userId: UserId; readonly failures: number; readonly until: Micros; readonly level: number }
>;

export type SignInUnlocked = DomainEvent<'SignInUnlocked', { readonly userId: UserId }>;

/** By the lab's directory, which may let its person come back; by anybody else it is for ever. */
export type UserDisabled = DomainEvent<'UserDisabled', { readonly userId: UserId; readonly byDirectory?: true }>;

/** Somebody came back, without tokens and password, and has to be identified anew. */
export type UserEnabled = DomainEvent<'UserEnabled', { readonly userId: UserId }>;

/** The lab's directory has deleted a person: it sees the account no more, which stays disabled for ever. */
export type UserDeprovisioned = DomainEvent<'UserDeprovisioned', { readonly userId: UserId }>;

/** The key of the person's data is destroyed, as the approval said: from here on there is a pseudonym only. */
export type PersonErased = DomainEvent<'PersonErased', { readonly userId: UserId; readonly approvalId: string }>;

export type TokenIssued = DomainEvent<
  'TokenIssued',
  {
    readonly userId: UserId;
    readonly tokenId: string;
    readonly label: Sealed;
    readonly expiresAt?: Micros;
    /** Never more than its owner may: both are asked, for every request. */
    readonly limits?: Limits;
  }
>;

/** From now on another secret is the token's; the one before it goes on until then. */
export type TokenRotated = DomainEvent<
  'TokenRotated',
  { readonly userId: UserId; readonly tokenId: string; readonly secretId: string; readonly formerUntil: Micros }
>;

export type TokenRevoked = DomainEvent<'TokenRevoked', { readonly userId: UserId; readonly tokenId: string }>;

export type UserEvent =
  | UserCreated
  | IdentityVerified
  | ProfileChanged
  | RolesChanged
  | RoleGranted
  | RoleGrantRevoked
  | PasswordSet
  | PasswordChangeRequired
  | SignInLocked
  | SignInUnlocked
  | UserDisabled
  | UserEnabled
  | UserDeprovisioned
  | PersonErased
  | TokenIssued
  | TokenRotated
  | TokenRevoked
  | SessionEvent
  | SecondFactorEvent
  | BreakGlassEvent
  | SigningEvent;

export type RoleGrant = Omit<RoleGranted['data'], 'userId' | 'grantId'> & {
  /** Taken by the account itself, in need. */
  readonly breakGlass?: true;
};

export interface Token {
  readonly expiresAt?: Micros;
  readonly limits?: Limits;
  /** Of the secrets that it has had, the one that counts; the first one is called like the token. */
  readonly secretId: string;
  readonly former?: { readonly secretId: string; readonly until: Micros };
}

export interface Account extends FactorState {
  /** Pending: the identity of its person is not verified; it may see itself and set its password. */
  readonly status: 'pending' | 'active' | 'disabled';
  readonly userId: UserId;
  readonly kind: AccountKind;
  readonly login: Sealed;
  readonly displayName: Sealed;
  readonly email?: Sealed;
  /** What the lab's directory knows besides. */
  readonly details?: Sealed;
  /** The lab's directory made it. */
  readonly byDirectory?: true;
  /** Only who did it can undo it. */
  readonly disabledByDirectory?: true;
  /** The directory has deleted the person. */
  readonly deprovisioned?: true;
  readonly erased?: true;
  readonly roles: readonly Role[];
  /** How many times the account became an administrator's; see `administrators/decide.ts`. */
  readonly tenure: number;
  /** The latest record of it; none for services, and for people from before it was recorded. */
  readonly verified?: { readonly how: Sealed; readonly by: UserId };
  /** Granted and not revoked; they may have expired. */
  readonly grants: Map<string, RoleGrant>;
  readonly password?: { readonly version: number; readonly verifierId: string; readonly setAt?: Micros };
  /** Verifiers of all passwords that came before it, the latest first; how many of them still have a row is a setting. */
  readonly formerPasswords: readonly string[];
  /** The password may be used for one thing only: to set another. */
  readonly mustChangePassword: boolean;
  /** The last lock of password sign-in, over or not; a later one lasts longer. */
  readonly lock?: { readonly until: Micros; readonly level: number };
  /** How many locks there were. */
  readonly locks?: number;
  /** Issued and not revoked; they may have expired. */
  readonly tokens: Map<string, Token>;
  readonly sessions: LiveSessions;
  /** May take a role by itself in need. */
  readonly breakGlass: boolean;
  readonly signing: SigningState;
}

export type User = { readonly status: 'absent' } | Account;

/** No setting remembers more. */
export const MOST_FORMER = 24;

/** Once another password is set: what came before it, the latest first. */
export function formerOf(user: User): readonly string[] {
  if (user.status === 'absent' || !user.password) return [];
  return [user.password.verifierId, ...user.formerPasswords];
}

export const nobody: User = { status: 'absent' };

/** Somebody who can look after the installation: a person, active, with the role everywhere and for ever. */
export const isAdministrator = (user: User): user is Account =>
  user.status === 'active' && user.kind === 'person' && user.roles.includes('admin');

export function evolve(user: User, event: UserEvent): User {
  const next = after(user, event);
  return isAdministrator(next) && !isAdministrator(user) ? { ...next, tenure: next.tenure + 1 } : next;
}

function after(user: User, event: UserEvent): User {
  if (event.type === 'UserCreated') {
    const { awaitsVerification, ...created } = event.data;
    return {
      status: awaitsVerification ? 'pending' : 'active',
      mustChangePassword: false,
      tenure: 0,
      formerPasswords: [],
      tokens: Map(),
      grants: Map(),
      sessions: Map(),
      breakGlass: false,
      signing: neverSigned,
      ...created,
    };
  }
  // Nothing can come before the creation: it is appended to an empty stream only.
  if (user.status === 'absent') return user;
  switch (event.type) {
    case 'IdentityVerified': {
      const { how, by } = event.data;
      const status = user.status === 'pending' ? 'active' : user.status;
      return { ...user, status, verified: { how, by }, signing: vouchedBy(user.signing, by) };
    }
    case 'ProfileChanged': {
      const { displayName, email, details } = event.data;
      return { ...user, displayName, email, details };
    }
    case 'RolesChanged':
      return { ...user, roles: event.data.to };
    case 'RoleGranted': {
      const { userId: _, grantId, ...grant } = event.data;
      return { ...user, grants: user.grants.set(grantId, grant) };
    }
    case 'RoleGrantRevoked':
      return { ...user, grants: user.grants.remove(event.data.grantId) };
    case 'PasswordSet': {
      const { version, verifierId, setAt } = event.data;
      const { password: former, formerPasswords } = user;
      return {
        ...user,
        password: setAt === undefined ? { version, verifierId } : { version, verifierId, setAt },
        formerPasswords: former ? [former.verifierId, ...formerPasswords].slice(0, MOST_FORMER) : formerPasswords,
        mustChangePassword: false,
        resetBy: { ...user.resetBy, password: undefined },
      };
    }
    case 'PasswordChangeRequired':
      return {
        ...user,
        mustChangePassword: true,
        resetBy: { ...user.resetBy, password: event.data.by },
        signing: resetBy(user.signing, event.data.by),
      };
    case 'SignInLocked': {
      const { until, level } = event.data;
      return { ...user, lock: { until, level }, locks: (user.locks ?? 0) + 1 };
    }
    case 'SignInUnlocked': {
      const { lock: _, ...unlocked } = user;
      return unlocked;
    }
    case 'UserDisabled': {
      const { disabledByDirectory: _, ...others } = user;
      return { ...others, status: 'disabled', ...(event.data.byDirectory ? { disabledByDirectory: true } : {}) };
    }
    case 'UserEnabled': {
      const { password: _, disabledByDirectory: __, ...others } = user;
      const formerPasswords = formerOf(user).slice(0, MOST_FORMER);
      return { ...others, status: 'pending', tokens: Map(), formerPasswords, mustChangePassword: false };
    }
    case 'UserDeprovisioned':
      return { ...user, deprovisioned: true };
    case 'PersonErased':
      return { ...user, erased: true };
    case 'TokenIssued': {
      const { tokenId, userId: _, label: __, ...token } = event.data;
      return { ...user, tokens: user.tokens.set(tokenId, { ...token, secretId: tokenId }) };
    }
    case 'TokenRotated': {
      const { tokenId, secretId, formerUntil: until } = event.data;
      const token = user.tokens.get(tokenId);
      if (!token) return user;
      const former = { secretId: token.secretId, until };
      return { ...user, tokens: user.tokens.set(tokenId, { ...token, secretId, former }) };
    }
    case 'TokenRevoked':
      return { ...user, tokens: user.tokens.remove(event.data.tokenId) };
    case 'SessionStarted':
    case 'SessionEnded':
      return { ...user, sessions: evolveSessions(user.sessions, event) };
    case 'SecondFactorOffered':
    case 'SecondFactorEnrolled':
    case 'RecoveryCodeUsed':
      return evolveFactor(user, event);
    case 'SecondFactorRemoved':
      return { ...evolveFactor(user, event), signing: resetBy(user.signing, event.data.by) };
    case 'BreakGlassAllowed':
    case 'BreakGlassWithdrawn':
      return { ...user, breakGlass: event.type === 'BreakGlassAllowed' };
    case 'BreakGlassUsed': {
      const { reviewId, role, expiresAt } = event.data;
      const grant: RoleGrant = { role, scope: { kind: 'everything' }, expiresAt, breakGlass: true };
      return { ...user, grants: user.grants.set(reviewId, grant) };
    }
    case 'SignatureAccepted':
    case 'SignatureMade':
    case 'SigningFailed':
    case 'SigningSuspended':
      return { ...user, signing: evolveSigning(user.signing, event) };
    default:
      return never(event);
  }
}
