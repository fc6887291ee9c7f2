import { DomainEvent, never, UserId } from '../../core/index.js';

interface About {
  readonly userId: UserId;
  readonly factorId: string;
}

/** The secret was shown; it counts for nothing until a code proves that it arrived. */
export type SecondFactorOffered = DomainEvent<'SecondFactorOffered', About>;

/** From now on passwords need a code beside them. The log holds neither the secret nor the recovery codes. */
export type SecondFactorEnrolled = DomainEvent<'SecondFactorEnrolled', About & { readonly recoveryCodes: number }>;

export type RecoveryCodeUsed = DomainEvent<'RecoveryCodeUsed', About & { readonly left: number }>;

/** By its owner, with password and code, or by an administrator for somebody who has lost it. */
export type SecondFactorRemoved = DomainEvent<
  'SecondFactorRemoved',
  About & { readonly why: 'removed' | 'reset'; /** Who reset it. */ readonly by?: UserId }
>;

export type SecondFactorEvent = SecondFactorOffered | SecondFactorEnrolled | RecoveryCodeUsed | SecondFactorRemoved;

export interface FactorState {
  /** Shown and not confirmed. */
  readonly offeredFactor?: string;
  readonly secondFactor?: { readonly factorId: string; readonly recoveryCodes: number };
}

export function evolveFactor<State extends FactorState>(state: State, event: SecondFactorEvent): State {
  const { factorId } = event.data;
  switch (event.type) {
    case 'SecondFactorOffered':
      return { ...state, offeredFactor: factorId };
    case 'SecondFactorEnrolled': {
      const { recoveryCodes } = event.data;
      return { ...state, offeredFactor: undefined, secondFactor: { factorId, recoveryCodes } };
    }
    case 'RecoveryCodeUsed':
      return { ...state, secondFactor: { factorId, recoveryCodes: event.data.left } };
    case 'SecondFactorRemoved':
      return { ...state, secondFactor: undefined };
    default:
      return never(event);
  }
}
