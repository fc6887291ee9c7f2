import { Map } from 'immutable';
import { accept, Decider, DomainEvent, EventDefinition, JsonObject, never, UserId } from '../../core/index.js';

export const USER_DIRECTORY = 'directory-users';

export type AccountKind = 'person' | 'service';

/** `digest` is keyed (`Keystore.lookupDigest`): the log shows that names are unique, but not which they are. */
export type UserNameReserved = DomainEvent<
  'UserNameReserved',
  { readonly digest: string; readonly userId: UserId; readonly kind: AccountKind }
>;

/** The authority on which login belongs to which account. */
export interface UserDirectory {
  readonly names: Map<string, UserId>;
  /** The place of each account in the order of reservations, from 1 on: MLflow's clients know accounts by a number. */
  readonly numbers: Map<UserId, number>;
  readonly hasPeople: boolean;
}

export type DirectoryCommand =
  | { readonly type: 'ReserveName'; readonly digest: string; readonly userId: UserId; readonly kind: AccountKind }
  /** Only while there are no people at all. */
  | { readonly type: 'ReserveFirstName'; readonly digest: string; readonly userId: UserId };

/**
 * A taken name is no refusal: the state afterwards says whose it is, and the holder may turn out to have
 * been reserved by a creation that never finished.
 */
export const directoryDecider: Decider<UserDirectory, DirectoryCommand, UserNameReserved> = {
  initial: { names: Map(), numbers: Map(), hasPeople: false },
  evolve: ({ names, numbers, hasPeople }, { data }) => ({
    names: names.set(data.digest, data.userId),
    numbers: numbers.has(data.userId) ? numbers : numbers.set(data.userId, numbers.size + 1),
    hasPeople: hasPeople || data.kind === 'person',
  }),
  decide: (command, { names, hasPeople }) => {
    const { digest, userId } = command;
    if (names.has(digest)) return accept();
    switch (command.type) {
      case 'ReserveName':
        return accept(reserved({ digest, userId, kind: command.kind }));
      case 'ReserveFirstName':
        return hasPeople ? accept() : accept(reserved({ digest, userId, kind: 'person' }));
      default:
        return never(command);
    }
  },
};

const reserved = (data: UserNameReserved['data']): UserNameReserved => ({ type: 'UserNameReserved', data });

export const directoryEvents: readonly EventDefinition[] = [
  {
    type: 'UserNameReserved',
    summary: 'A login was taken for an account; the log holds a keyed digest of it only.',
    stream: USER_DIRECTORY,
    resource: (data: JsonObject) => ({ kind: 'user', id: data['userId'] as string }),
    samples: [
      {
        digest: 'Zk2o0oVbY1mTn2v3rJ5m8n0c3b1q7x6l4k9j2h8g5fA',
        userId: 'u-01890a5d-ac96-774b-bcce-b302099a8057',
        kind: 'person',
      },
    ],
  },
];
