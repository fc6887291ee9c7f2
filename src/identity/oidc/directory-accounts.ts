import { Injectable } from '@nestjs/common';
import { PersonalData, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { ReadModels } from '../../projection/index.js';
import { directoryDecider, USER_DIRECTORY } from '../directory/directory.js';
import { UserListSchema } from '../queries/user-list/table.js';
import { Accounts } from '../user/accounts.js';
import { Account } from '../user/events.js';
import { claimAt, kindOf, Vouched } from './claims.js';
import { OidcOptions } from './options.js';

/** Accounts that the lab's directory knows by an id that the provider says, too. */
@Injectable()
export class DirectoryAccounts {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly readModels: ReadModels,
    private readonly accounts: Accounts,
    private readonly personal: PersonalData,
  ) {}

  /** All people whose externalId is what the claim says, disabled and deleted ones included: from the log. */
  async of({ claims }: Vouched, { linkBy }: OidcOptions): Promise<readonly Account[]> {
    if (!linkBy || kindOf(claims) !== 'person') return [];
    const wanted = claimAt(claims, linkBy.claim);
    if (typeof wanted !== 'string' || wanted === '') return [];
    const found: Account[] = [];
    for (const id of await this.candidates(wanted)) {
      const { user } = await this.accounts.load(id);
      if (user.status !== 'absent' && user.kind === 'person' && this.externalIdOf(user) === wanted) found.push(user);
    }
    return found;
  }

  /** Whom the read model names, and whom it does not know yet. */
  private async candidates(wanted: string): Promise<readonly UserId[]> {
    const rows = await this.readModels.searches
      .db<UserListSchema>()
      .selectFrom('identity_users')
      .select(['user_id', 'details'])
      .execute();
    const known = new Set(rows.map(({ user_id }) => user_id));
    const text = JSON.stringify(wanted);
    const named = rows.filter(({ details }) => details?.includes(text)).map(({ user_id }) => user_id as UserId);
    const { state } = await this.decisions.load(directoryDecider, USER_DIRECTORY);
    return [...named, ...[...new Set(state.names.values())].filter((id) => !known.has(id))];
  }

  private externalIdOf({ details }: Account): string | undefined {
    const json = details === undefined ? undefined : this.personal.unseal(details);
    return json === undefined ? undefined : (JSON.parse(json) as { readonly externalId?: string }).externalId;
  }
}
