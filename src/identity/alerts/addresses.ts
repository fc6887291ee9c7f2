import { accept, Decider, DomainEvent, EventDefinition, never, Sealed, UserId } from '../../core/index.js';
import { AlertRaised } from './events.js';

export const addressesStream = (userId: UserId): string => `sign-in-addresses-${userId}`;

/** An administrator signed in from somewhere for the first time. Sealed under their key: erased with them. */
export type SignInAddressAdded = DomainEvent<
  'SignInAddressAdded',
  { readonly userId: UserId; readonly address: Sealed }
>;

export interface AddAddress {
  readonly userId: UserId;
  readonly address: Sealed;
  /** So many addresses it was compared with. What is sealed can't be compared here. */
  readonly compared: number;
}

type AddressEvent = SignInAddressAdded | AlertRaised;

/**
 * All addresses so far; every one after the first comes with its alert, in one append, so that no crash can
 * part them. Nothing is decided when others have come meanwhile: compare again.
 */
export const addressesDecider: Decider<readonly Sealed[], AddAddress, AddressEvent> = {
  initial: [],
  evolve: (addresses, event) => {
    switch (event.type) {
      case 'SignInAddressAdded':
        return [...addresses, event.data.address];
      case 'AlertRaised':
        return addresses;
      default:
        return never(event);
    }
  },
  decide: ({ userId, address, compared }, addresses) => {
    if (addresses.length !== compared) return accept();
    const added: SignInAddressAdded = { type: 'SignInAddressAdded', data: { userId, address } };
    const alert: AlertRaised = { type: 'AlertRaised', data: { alert: 'administrator-new-address', userId } };
    return accept<AddressEvent>(added, ...(compared === 0 ? [] : [alert]));
  },
};

const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';

export const addressesEvents: readonly EventDefinition[] = [
  {
    type: 'SignInAddressAdded',
    summary: 'An administrator signed in from an address for the first time.',
    stream: 'sign-in-addresses-<user id>',
    resource: ({ userId: id }) => ({
      kind: 'session',
      id: id as string,
      parents: [{ kind: 'user', id: id as string }],
    }),
    samples: [{ userId, address: { subject: userId, box: 'v1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }],
  },
];
