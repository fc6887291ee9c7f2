import { Injectable } from '@nestjs/common';
import { Micros, Role, UserId } from '../core/index.js';
import { Places } from '../http/index.js';
import { Mailboxes } from '../identity/index.js';
import { AddressBook, MailSubject } from '../mail/index.js';

/** People are written to at the addresses that their accounts have. */
@Injectable()
export class PeopleByMail extends AddressBook {
  constructor(
    private readonly mailboxes: Mailboxes,
    private readonly places: Places,
  ) {
    super();
  }

  /** Roles that don't hold everywhere count here as they do when the request is decided. */
  async holdersOf(roles: readonly Role[], now: Micros, about?: MailSubject): Promise<readonly UserId[]> {
    return this.mailboxes.holdersOf(roles, now, about === undefined ? [] : await this.places.of(about));
  }

  addressOf(userId: UserId): Promise<string | undefined> {
    return this.mailboxes.addressOf(userId);
  }
}
