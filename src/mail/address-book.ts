import { Micros, Role, UserId } from '../core/index.js';

/** Who can be written to; the app fills it from the accounts. An address is opened only to send, and kept nowhere. */
export abstract class AddressBook {
  /** Active people who hold one of the roles now, for the whole installation, and have an address. */
  abstract holdersOf(roles: readonly Role[], now: Micros): Promise<readonly UserId[]>;
  /** `undefined` when there is none, the person is erased, or the account is not active. */
  abstract addressOf(userId: UserId): Promise<string | undefined>;
}
