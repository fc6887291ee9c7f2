import { Map } from 'immutable';
import type { Meaning, Signature } from '../../approvals/index.js';
import { DomainEvent, Micros, never, UserId } from '../../core/index.js';
import type { OidcFailure } from '../oidc/failure.js';

export type Component = Signature['components'][number];

/** What is to be signed, or was: in the words of the contract with whoever asks for a signature. */
export interface Matter {
  readonly meaning: Meaning;
  readonly subject: Signature['subject'];
  readonly digest: string;
}

/** The person has read that their electronic signature binds as one by hand does, and says so (21 CFR 11.100). */
export type SignatureAccepted = DomainEvent<
  'SignatureAccepted',
  {
    readonly userId: UserId;
    /** Of the text that was shown, and of its very words. */
    readonly version: number;
    readonly digest: string;
    readonly acceptedAt: Micros;
    readonly components: readonly Component[];
  }
>;

/**
 * On the signer's own stream, before the signature goes into the record that it is for: a signature that some record
 * carries and its signer's stream does not know was made by nobody.
 */
export type SignatureMade = DomainEvent<
  'SignatureMade',
  Matter & {
    readonly userId: UserId;
    readonly signatureId: string;
    readonly statementDigest: string;
    readonly signedAt: Micros;
    readonly components: readonly Component[];
    /** The browser session that they signed in with all components; see `SigningPolicy`. */
    readonly sessionId?: string;
  }
>;

/** Somebody has let an identity at the provider act as the account: until another one says whose it is, it signs nothing. */
export type SigningSuspended = DomainEvent<
  'SigningSuspended',
  { readonly userId: UserId; readonly why: 'identity-linked'; readonly by: UserId }
>;

export type SigningFailure =
  | 'components-missing'
  | 'wrong-password'
  | 'code-missing'
  | 'wrong-code'
  | 'replayed-code'
  | 'unknown-ticket'
  | 'replayed-ticket'
  | 'expired-ticket'
  | 'ticket-of-another'
  /** For another dossier, subject or meaning. */
  | 'ticket-for-another-matter'
  | 'identity-unlinked'
  | 'locked'
  | 'disabled'
  | 'pending'
  | 'service-account'
  | 'not-accepted'
  /** What they sign with was reset or linked by somebody, and nobody else has looked since at who holds it. */
  | 'reset-unverified'
  | 'no-password'
  | 'one-time-password'
  | 'aged-password'
  /** The person's role demands a second factor, and they have none. */
  | 'factor-missing'
  | 'changed-meanwhile'
  /** Somebody else, or nobody whom we know, signed in at the provider. */
  | 'another-person'
  | OidcFailure;

/** Why is for the trail; the answer to whatever was wrong with what somebody showed is one and the same. */
export type SigningFailed = DomainEvent<
  'SigningFailed',
  Partial<Matter> & {
    readonly userId: UserId;
    readonly why: SigningFailure;
    readonly failedAt: Micros;
    /** So many in a row that count; absent for one that does not. */
    readonly failures?: number;
  }
>;

export type SigningEvent = SignatureAccepted | SignatureMade | SigningFailed | SigningSuspended;

export interface SigningState {
  readonly accepted?: { readonly version: number; readonly digest: string; readonly acceptedAt: Micros };
  readonly failures: number;
  readonly failedAt: Micros;
  /** Who has reset password or second factor, or linked an identity, without somebody else having identified the person since. */
  readonly resetBy: readonly UserId[];
  /** When somebody last signed with all components, by browser session. */
  readonly fullIn: Map<string, Micros>;
}

export const neverSigned: SigningState = { failures: 0, failedAt: 0 as Micros, resetBy: [], fullIn: Map() };

/** Somebody else has set what the account signs with, so that they may hold it. */
export const resetBy = (state: SigningState, by: UserId | undefined): SigningState =>
  by === undefined || state.resetBy.includes(by) ? state : { ...state, resetBy: [...state.resetBy, by] };

/**
 * Somebody says who holds the account. That counts for what others have reset, so that it takes two to sign in a
 * third one's name (21 CFR 11.200(a)(3)).
 */
export const vouchedBy = (state: SigningState, by: UserId): SigningState =>
  state.resetBy.every((each) => each === by)
    ? state
    : { ...state, resetBy: state.resetBy.filter((each) => each === by) };

/** More sessions than an account can have at once: those that ended make room. */
const MOST_SESSIONS = 64;

export function evolveSigning(state: SigningState, event: SigningEvent): SigningState {
  switch (event.type) {
    case 'SignatureAccepted': {
      const { version, digest, acceptedAt } = event.data;
      return { ...state, failures: 0, accepted: { version, digest, acceptedAt } };
    }
    case 'SignatureMade': {
      const { sessionId, signedAt } = event.data;
      const fullIn = sessionId === undefined ? state.fullIn : state.fullIn.set(sessionId, signedAt);
      return { ...state, failures: 0, fullIn: fullIn.size > MOST_SESSIONS ? latest(fullIn) : fullIn };
    }
    case 'SigningFailed': {
      const { failures, failedAt } = event.data;
      return failures === undefined ? state : { ...state, failures, failedAt };
    }
    case 'SigningSuspended':
      return resetBy(state, event.data.by);
    default:
      return never(event);
  }
}

const latest = (fullIn: Map<string, Micros>): Map<string, Micros> =>
  Map([...fullIn].sort(([, a], [, b]) => b - a).slice(0, MOST_SESSIONS));
