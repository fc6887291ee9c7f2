import { accept, Decision, never, refuse, UserId } from '../../core/index.js';
import { FactorState, SecondFactorEvent } from './events.js';

export type FactorCommand =
  | { readonly type: 'OfferSecondFactor'; readonly factorId: string }
  /** A code of the offered factor was right. */
  | { readonly type: 'EnrolSecondFactor'; readonly factorId: string; readonly recoveryCodes: number }
  | { readonly type: 'UseRecoveryCode'; readonly factorId: string }
  /** Password and code were right. */
  | { readonly type: 'RemoveSecondFactor'; readonly factorId: string }
  | { readonly type: 'ResetSecondFactor'; readonly by: UserId };

interface Owner extends FactorState {
  readonly status: 'pending' | 'active' | 'disabled';
  readonly userId: UserId;
  readonly kind: 'person' | 'service';
  readonly password?: object;
}

export function decideFactor(command: FactorCommand, owner: Owner): Decision<SecondFactorEvent> {
  const { userId, secondFactor } = owner;
  if (owner.status === 'disabled') return refuse('state', 'user-disabled', 'the account is disabled');
  switch (command.type) {
    case 'OfferSecondFactor':
      return offer(command.factorId, owner);
    case 'EnrolSecondFactor': {
      const { factorId, recoveryCodes } = command;
      if (secondFactor) return enrolled();
      if (owner.offeredFactor !== factorId)
        return refuse('conflict', 'second-factor-offered-anew', 'another secret was shown meanwhile: use that one');
      return accept({ type: 'SecondFactorEnrolled', data: { userId, factorId, recoveryCodes } });
    }
    case 'UseRecoveryCode': {
      const { factorId } = command;
      if (secondFactor?.factorId !== factorId) return changed();
      const left = Math.max(0, secondFactor.recoveryCodes - 1);
      return accept({ type: 'RecoveryCodeUsed', data: { userId, factorId, left } });
    }
    case 'RemoveSecondFactor': {
      const { factorId } = command;
      if (secondFactor?.factorId !== factorId) return changed();
      return accept({ type: 'SecondFactorRemoved', data: { userId, factorId, why: 'removed' } });
    }
    case 'ResetSecondFactor': {
      if (command.by === userId)
        return refuse('state', 'own-account', 'remove your own with DELETE /api/v1/users/me/second-factor');
      if (!secondFactor) return refuse('state', 'no-second-factor', 'the account has no second factor');
      const { factorId } = secondFactor;
      return accept({ type: 'SecondFactorRemoved', data: { userId, factorId, why: 'reset', by: command.by } });
    }
    default:
      return never(command);
  }
}

function offer(factorId: string, { userId, kind, password, secondFactor }: Owner): Decision<SecondFactorEvent> {
  if (kind === 'service') return refuse('state', 'service-account', 'service accounts have tokens, not passwords');
  if (!password)
    return refuse('state', 'no-password', 'the account has no password that a second factor could stand beside');
  if (secondFactor) return enrolled();
  return accept({ type: 'SecondFactorOffered', data: { userId, factorId } });
}

const enrolled = () =>
  refuse('state', 'second-factor-enrolled', 'the account has a second factor: remove it before you enrol another');
const changed = () => refuse('conflict', 'second-factor-changed', 'the second factor was changed meanwhile');
