import { accept, Decider, Decision, never, refuse, UserId } from '../../core/index.js';
import { evolve, Hold, HoldEvent, Holds, HoldScope, noHolds } from './events.js';

export type HoldCommand =
  | {
      readonly type: 'place';
      readonly holdId: string;
      readonly scope: HoldScope;
      readonly by: UserId;
      readonly reason: string;
    }
  | { readonly type: 'lift'; readonly holdId: string; readonly by: UserId; readonly reason: string }
  | {
      readonly type: 'clear';
      readonly userId: UserId;
      readonly approvalId: string;
      /** Of the models under hold, those that the person worked on; what is held can't be looked at here. */
      readonly workedOn: readonly string[];
      /** So many holds there were when that was found out. */
      readonly compared: number;
    };

const MAX_LIVE = 1000;

export const inForce = ({ all }: Holds): readonly Hold[] => all.filter(({ lifted }) => lifted === undefined).toArray();

/** The holds that keep this person's data where it is. */
export const holdsOn = (holds: Holds, userId: UserId, workedOn: readonly string[]): readonly Hold[] =>
  inForce(holds).filter(({ scope }) => {
    switch (scope.kind) {
      case 'everything':
        return true;
      case 'person':
        return scope.userId === userId;
      case 'model':
        return workedOn.includes(scope.modelId);
      default:
        return never(scope);
    }
  });

export const held = (holds: readonly Hold[]) => {
  const ids = holds.map(({ holdId }) => holdId).join(', ');
  return refuse(
    'state',
    'legal-hold',
    `nothing of this may be erased or removed: it is under legal hold (${ids}); custody hold list tells why`,
  );
};

function decide(command: HoldCommand, holds: Holds): Decision<HoldEvent> {
  switch (command.type) {
    case 'place':
      return place(command, holds);
    case 'lift':
      return lift(command, holds);
    case 'clear': {
      const { userId, approvalId, workedOn, compared } = command;
      if (holds.cleared.has(userId)) return accept();
      if (holds.all.size !== compared)
        return refuse('conflict', HOLDS_CHANGED, 'a legal hold was placed meanwhile; try again');
      const found = holdsOn(holds, userId, workedOn);
      return found.length > 0 ? held(found) : accept({ type: 'ErasureCleared', data: { userId, approvalId } });
    }
    default:
      return never(command);
  }
}

export const HOLDS_CHANGED = 'legal-holds-changed';

function place({ holdId, scope, by, reason }: Extract<HoldCommand, { type: 'place' }>, holds: Holds) {
  if (holds.all.some((hold) => hold.holdId === holdId)) return accept<HoldEvent>();
  if (scope.kind === 'person' && holds.cleared.has(scope.userId))
    return refuse('state', 'person-erased', 'this person is erased, or just being erased: there is nothing to hold');
  if (inForce(holds).length >= MAX_LIVE)
    return refuse(
      'state',
      'too-many-holds',
      `there are at most ${MAX_LIVE} legal holds at a time: one on everything holds more`,
    );
  return accept<HoldEvent>({ type: 'LegalHoldPlaced', data: { holdId, scope, placedBy: by, reason } });
}

function lift({ holdId, by, reason }: Extract<HoldCommand, { type: 'lift' }>, holds: Holds): Decision<HoldEvent> {
  const hold = holds.all.find((each) => each.holdId === holdId);
  if (!hold) return refuse('not-found', 'hold-not-found', 'there is no such legal hold', 'id');
  const { scope } = hold;
  if (scope.kind === 'person' && scope.userId === by)
    return refuse('denied', 'own-hold', 'nobody lifts a legal hold on themselves: somebody else does');
  if (hold.lifted) return accept();
  return accept({ type: 'LegalHoldLifted', data: { holdId, scope, liftedBy: by, reason } });
}

export const holdsDecider: Decider<Holds, HoldCommand, HoldEvent> = { initial: noHolds, evolve, decide };
