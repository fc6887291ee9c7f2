import { Map } from 'immutable';
import { accept, Decider, DomainEvent, EventDefinition, JsonObject, refuse, UserId } from '../../core/index.js';

export const ADMINISTRATORS = 'directory-administrators';

/** One person's time as administrator: an account that loses the role and gets it again begins another. */
export interface Tenure {
  readonly userId: UserId;
  readonly tenure: number;
}

/**
 * A tenure may end, since somebody else stays. Written before the account itself changes, so that whoever is
 * named as staying can only go after a decision that sees this one.
 */
export type AdministratorReleased = DomainEvent<'AdministratorReleased', Tenure & { readonly staying: UserId }>;

export interface Release extends Tenure {
  readonly type: 'Release';
  /** Others who were administrators when their accounts were read. */
  readonly others: readonly Tenure[];
}

/** The latest tenure of each account that may end, or has ended. */
export type Released = Map<UserId, number>;

export const isReleased = (released: Released, { userId, tenure }: Tenure): boolean =>
  (released.get(userId) ?? 0) >= tenure;

/**
 * No tenure ends that was not released here, and each release names somebody whose own was not: so at least
 * one stays, whoever removes whom at the same time. It needs no list of administrators, which could be wrong.
 */
export const administratorsDecider: Decider<Released, Release, AdministratorReleased> = {
  initial: Map(),
  evolve: (released, { data: { userId, tenure } }) => released.set(userId, tenure),
  decide: ({ userId, tenure, others }, released) => {
    if (isReleased(released, { userId, tenure })) return accept();
    const stays = others.find((other) => other.userId !== userId && !isReleased(released, other));
    if (!stays) {
      const message = 'this is the last administrator: make somebody else one first, for ever and everywhere';
      return refuse('denied', 'last-administrator', message);
    }
    return accept({ type: 'AdministratorReleased', data: { userId, tenure, staying: stays.userId } });
  },
};

export const administratorEvents: readonly EventDefinition[] = [
  {
    type: 'AdministratorReleased',
    summary: 'An administrator may be removed, since another one stays; what removes them follows.',
    stream: ADMINISTRATORS,
    resource: (data: JsonObject) => ({ kind: 'user', id: data['userId'] as string }),
    samples: [
      {
        userId: 'u-01890a5d-ac96-774b-bcce-b302099a8057',
        tenure: 1,
        staying: 'u-01890a5d-ac96-774b-bcce-b302099a8062',
      },
    ],
  },
];
