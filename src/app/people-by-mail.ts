import { Injectable } from '@nestjs/common';
import { Micros, Role, UserId } from '../core/index.js';
import { Mailboxes } from '../identity/index.js';
import { AddressBook } from '../mail/index.js';

/** People are written to at the addresses that their accounts have. */
@Injectable()
export class PeopleByMail extends AddressBook {
  constructor(private readonly mailboxes: Mailboxes) {
    super();
  }

  holdersOf(roles: readonly Role[], now: Micros): Promise<readonly UserId[]> {
    return this.mailboxes.holdersOf(roles, now);
  }

  addressOf(userId: UserId): Promise<string | undefined> {
    return this.mailboxes.addressOf(userId);
  }
}
