import { Injectable } from '@nestjs/common';
import { Micros, PersonalData, Role, UserId } from '../../../core/index.js';
import { ReadModels } from '../../../projection/index.js';
import { Accounts } from '../../user/accounts.js';
import { rightsAt } from '../../user/rights.js';
import { UserListSchema } from '../user-list/table.js';

/** Who can be written to. Candidates come from the read model; what they may do now, from the log. */
@Injectable()
export class Mailboxes {
  constructor(
    private readonly readModels: ReadModels,
    private readonly accounts: Accounts,
    private readonly personal: PersonalData,
  ) {}

  /** Active people with an address who hold one of the roles for the whole installation. */
  async holdersOf(roles: readonly Role[], now: Micros): Promise<readonly UserId[]> {
    const rows = await this.readModels
      .db<UserListSchema>()
      .selectFrom('identity_users')
      .select('user_id')
      .where('kind', '=', 'person')
      .where('disabled', '=', 0)
      .where('email', 'is not', null)
      .orderBy('user_id')
      .execute();
    const found: UserId[] = [];
    for (const { user_id } of rows) {
      const userId = user_id as UserId;
      const { user } = await this.accounts.load(userId);
      if (user.status !== 'active') continue;
      if (rightsAt(user, now).roles.some((role) => roles.includes(role))) found.push(userId);
    }
    return found;
  }

  async addressOf(userId: UserId): Promise<string | undefined> {
    const { user } = await this.accounts.load(userId);
    if (user.status !== 'active' || user.email === undefined) return undefined;
    return this.personal.unseal(user.email);
  }
}
