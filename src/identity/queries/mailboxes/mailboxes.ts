import { Injectable } from '@nestjs/common';
import { covers, Micros, PersonalData, Place, Role, UserId } from '../../../core/index.js';
import { ReadModels } from '../../../projection/index.js';
import { rightsWith } from '../../named-roles/levels.js';
import { NamedRoles } from '../../named-roles/named-roles.js';
import { Accounts } from '../../user/accounts.js';
import { UserListSchema } from '../user-list/table.js';

/** Who can be written to. Candidates come from the read model; what they may do now, from the log. */
@Injectable()
export class Mailboxes {
  constructor(
    private readonly readModels: ReadModels,
    private readonly accounts: Accounts,
    private readonly namedRoles: NamedRoles,
    private readonly personal: PersonalData,
  ) {}

  /** Active people with an address who hold one of the roles: for the whole installation, or for one of the places. */
  async holdersOf(roles: readonly Role[], now: Micros, places: readonly Place[] = []): Promise<readonly UserId[]> {
    const { state: named } = await this.namedRoles.load();
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
      const { roles: everywhere, scoped } = rightsWith(named, user, now);
      const here = scoped.filter(({ scope }) => places.some((place) => covers(scope, place)));
      if ([...everywhere, ...here.map(({ role }) => role)].some((role) => roles.includes(role))) found.push(userId);
    }
    return found;
  }

  async addressOf(userId: UserId): Promise<string | undefined> {
    const { user } = await this.accounts.load(userId);
    if (user.status !== 'active' || user.email === undefined) return undefined;
    return this.personal.unseal(user.email);
  }
}
