import { Micros, Role, UserId } from '../core/index.js';
import { Subject } from './notice.js';

/** Who can be written to; the app fills it from the accounts. An address is opened only to send, and kept nowhere. */
export abstract class AddressBook {
  /** Active people with an address who hold one of the roles now: everywhere, or where that which it is about belongs. */
  abstract holdersOf(roles: readonly Role[], now: Micros, about?: Subject): Promise<readonly UserId[]>;
  /** `undefined` when there is none, the person is erased, or the account is not active. */
  abstract addressOf(userId: UserId): Promise<string | undefined>;
}
