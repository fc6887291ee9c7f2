import { List, Map } from 'immutable';
import { DomainEvent, EventDefinition, JsonObject, never, ResourceRef, UserId } from '../../core/index.js';

/** What must stay as it is, whoever asks: a person, a registered model with all who worked on it, or everything. */
export type HoldScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'person'; readonly userId: UserId }
  /** `name` is what it was called when the hold was placed; the id is what counts. */
  | { readonly kind: 'model'; readonly modelId: string; readonly name: string };

interface OfHold {
  readonly holdId: string; // lh-<uuidv7>
  readonly scope: HoldScope;
}

export type LegalHoldPlaced = DomainEvent<
  'LegalHoldPlaced',
  OfHold & { readonly placedBy: UserId; readonly reason: string }
>;
export type LegalHoldLifted = DomainEvent<
  'LegalHoldLifted',
  OfHold & { readonly liftedBy: UserId; readonly reason: string }
>;
/** No hold was in the way. Written here before anything is destroyed: a hold that comes after it comes too late. */
export type ErasureCleared = DomainEvent<'ErasureCleared', { readonly userId: UserId; readonly approvalId: string }>;
export type HoldEvent = LegalHoldPlaced | LegalHoldLifted | ErasureCleared;

export interface Hold extends OfHold {
  readonly placedBy: UserId;
  readonly reason: string;
  readonly lifted?: { readonly by: UserId; readonly reason: string };
}

export interface Holds {
  /** In the order in which they were placed, the lifted ones too: the register shows both. */
  readonly all: List<Hold>;
  readonly cleared: Map<UserId, string>;
}

export const noHolds: Holds = { all: List(), cleared: Map() };

export function evolve(holds: Holds, event: HoldEvent): Holds {
  switch (event.type) {
    case 'LegalHoldPlaced':
      return { ...holds, all: holds.all.push(event.data) };
    case 'LegalHoldLifted': {
      const { holdId, liftedBy: by, reason } = event.data;
      return {
        ...holds,
        all: holds.all.map((hold) => (hold.holdId === holdId ? { ...hold, lifted: { by, reason } } : hold)),
      };
    }
    case 'ErasureCleared':
      return { ...holds, cleared: holds.cleared.set(event.data.userId, event.data.approvalId) };
    default:
      return never(event);
  }
}

export const HOLDS = 'directory-legal-holds';

function parentsOf(scope: HoldScope): readonly { readonly kind: string; readonly id: string }[] {
  switch (scope.kind) {
    case 'everything':
      return [];
    case 'person':
      return [{ kind: 'user', id: scope.userId }];
    case 'model':
      return [{ kind: 'model', id: scope.modelId }];
    default:
      return never(scope);
  }
}

export const holdResource = ({ holdId: id, scope }: Partial<OfHold>): ResourceRef => ({
  kind: 'legal-hold',
  id: id ?? 'new',
  ...(scope === undefined ? {} : { parents: parentsOf(scope) }),
});

const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const hold = {
  holdId: 'lh-01890a5d-ac96-774b-bcce-b302099a8066',
  scope: { kind: 'model', modelId: '5f0c1d8a7e3b4c2f9a6d1e0b3c4f5a69', name: 'lims_contamination_detector' },
};
const by = 'u-01890a5d-ac96-774b-bcce-b302099a8062';
const resource = (data: JsonObject) => holdResource(data);

export const holdEvents: readonly EventDefinition[] = [
  {
    type: 'LegalHoldPlaced',
    summary: 'A person, a model or everything must stay as it is: nothing of it is erased, archived or removed.',
    stream: HOLDS,
    resource,
    samples: [{ ...hold, placedBy: by, reason: 'case 26-114' }],
  },
  {
    type: 'LegalHoldLifted',
    summary: 'A legal hold ended.',
    stream: HOLDS,
    resource,
    samples: [{ ...hold, liftedBy: by, reason: 'case 26-114 is closed' }],
  },
  {
    type: 'ErasureCleared',
    summary: 'No legal hold is in the way of erasing a person; the erasure follows.',
    stream: HOLDS,
    resource: ({ userId: id }) => ({ kind: 'user', id: id as string }),
    samples: [{ userId, approvalId: 'ap-01890a5d-ac96-774b-bcce-b302099a8058' }],
  },
];
