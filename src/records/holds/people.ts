import { UserId } from '../../core/index.js';

/** Whom a hold can be on; the identity room, which knows the accounts, fills it. */
export abstract class HoldablePeople {
  /** @throws CustodyError kind `not-found` */
  abstract get(userId: string): Promise<UserId>;
}
