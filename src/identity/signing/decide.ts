import { accept, Decision, DomainEvent, Micros, refuse, UserId } from '../../core/index.js';
import { Matter, Component, SigningEvent, SigningFailed, SigningFailure, SigningState } from './events.js';

/** What was shown, as it was when it was checked: what has been changed meanwhile no longer counts. */
export interface Shown {
  readonly components: readonly Component[];
  /** Of the password; absent where none was needed. */
  readonly verifierId?: string;
  /** The account's second factor at that time, whether it was asked for or not. */
  readonly factorId?: string;
}

export interface MakeSignature extends Matter {
  readonly type: 'MakeSignature';
  readonly signatureId: string;
  readonly statementDigest: string;
  readonly shown: Shown;
  /** Of the text that must have been accepted. */
  readonly acceptance: number;
  readonly sessionId?: string;
  readonly now: Micros;
}
export interface AcceptSigning {
  readonly type: 'AcceptSigning';
  readonly version: number;
  readonly digest: string;
  readonly shown: Shown;
  readonly now: Micros;
}
export interface FailSigning extends Partial<Matter> {
  readonly type: 'FailSigning';
  readonly why: SigningFailure;
  /** So many wrong codes in a row, those at sign-in included, that something has to be done about it. */
  readonly guesses?: number;
  readonly now: Micros;
}
export interface SuspendSigning {
  readonly type: 'SuspendSigning';
  readonly why: 'identity-linked';
  readonly by: UserId;
}
export type SigningCommand = MakeSignature | AcceptSigning | FailSigning | SuspendSigning;

export interface Signatory {
  readonly status: 'pending' | 'active' | 'disabled';
  readonly userId: UserId;
  readonly kind: 'person' | 'service';
  readonly password?: { readonly verifierId: string };
  readonly mustChangePassword: boolean;
  readonly secondFactor?: { readonly factorId: string };
  readonly signing: SigningState;
}

/** As for wrong passwords. */
const FAILURES_TO_LOCK = 5;
const FORGOTTEN_AFTER = 3_600_000_000;

/** What counts towards a lock: something was shown that is not right. */
const GUESSES: ReadonlySet<SigningFailure> = new Set<SigningFailure>([
  'wrong-password',
  'wrong-code',
  'replayed-code',
  'unknown-ticket',
  'replayed-ticket',
  'ticket-of-another',
]);

/** Who can't sign whatever they show. */
export function standingFailure({
  status,
  kind,
  signing,
}: Pick<Signatory, 'status' | 'kind' | 'signing'>): SigningFailure | undefined {
  if (kind === 'service') return 'service-account';
  if (status !== 'active') return status;
  return signing.resetBy.length > 0 ? 'reset-unverified' : undefined;
}

export function makeSignature(command: MakeSignature, user: Signatory, locked: boolean): Decision<SigningEvent> {
  const { type: _, shown, acceptance, now, ...made } = command;
  const { userId, signing } = user;
  if (signing.accepted?.version !== acceptance) return changed();
  if (locked || standingFailure(user) !== undefined || isChanged(shown, user)) return changed();
  const data = { userId, ...made, signedAt: now, components: shown.components };
  return accept({ type: 'SignatureMade', data });
}

export function acceptSigning(command: AcceptSigning, user: Signatory, locked: boolean): Decision<SigningEvent> {
  const { version, digest, shown, now } = command;
  if (locked || standingFailure(user) !== undefined || isChanged(shown, user)) return changed();
  const { userId } = user;
  const { components } = shown;
  return accept({ type: 'SignatureAccepted', data: { userId, version, digest, acceptedAt: now, components } });
}

/** Who links an identity to their own account lets in nobody else than they could anyway. */
export const suspendSigning = (
  { why, by }: SuspendSigning,
  { userId, signing }: Pick<Signatory, 'userId' | 'signing'>,
): Decision<SigningEvent> =>
  by === userId || signing.resetBy.includes(by)
    ? accept()
    : accept({ type: 'SigningSuspended', data: { userId, why, by } });

/** The failure and, with the fifth in a row, the lock: in one append, so that no crash and no second server forgets one. */
export function failSigning<Lock extends DomainEvent>(
  { type: _, guesses, now, ...failed }: FailSigning,
  { userId, signing }: Signatory,
  lock: (failures: number) => readonly Lock[],
): Decision<SigningFailed | Lock> {
  const data = { userId, ...failed, failedAt: now };
  if (!GUESSES.has(failed.why)) return accept({ type: 'SigningFailed', data });
  const anew = signing.failures >= FAILURES_TO_LOCK || now - signing.failedAt > FORGOTTEN_AFTER;
  const failures = (anew ? 0 : signing.failures) + 1;
  const locks = guesses ?? (failures >= FAILURES_TO_LOCK ? failures : undefined);
  return accept<SigningFailed | Lock>(
    { type: 'SigningFailed', data: { ...data, failures } },
    ...(locks === undefined ? [] : lock(locks)),
  );
}

function isChanged(
  { verifierId, factorId }: Shown,
  { password, mustChangePassword, secondFactor }: Signatory,
): boolean {
  if (factorId !== secondFactor?.factorId) return true;
  return verifierId !== undefined && (mustChangePassword || password?.verifierId !== verifierId);
}

const changed = () => refuse('conflict', 'signing-changed', 'the account was changed meanwhile: sign again');
