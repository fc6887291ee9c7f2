import { Injectable } from '@nestjs/common';
import { SignerAccounts } from '../../approvals/index.js';
import { CommandContext, Role, UserId } from '../../core/index.js';
import { Accounts } from '../user/accounts.js';
import { rightsAt } from '../user/rights.js';

/** What approvals have to know of accounts, from the log as it is now. */
@Injectable()
export class IdentitySignerAccounts extends SignerAccounts {
  readonly changes = ['UserDisabled', 'UserEnabled', 'IdentityVerified'];

  constructor(private readonly accounts: Accounts) {
    super();
  }

  async inactive(ids: readonly UserId[]): Promise<readonly UserId[]> {
    const active = await Promise.all(ids.map(async (id) => (await this.accounts.load(id)).user.status === 'active'));
    return ids.filter((_, index) => !active[index]);
  }

  async takenInNeed({ actor, now }: Pick<CommandContext, 'actor' | 'now'>): Promise<readonly Role[]> {
    const { user } = await this.accounts.load(actor.id);
    if (user.status !== 'active' || !user.grants.some(({ breakGlass }) => breakGlass === true)) return [];
    const given = user.grants.filter(({ breakGlass }) => breakGlass !== true);
    const { roles } = rightsAt({ ...user, grants: given }, now);
    return rightsAt(user, now).roles.filter((role) => !roles.includes(role));
  }
}
