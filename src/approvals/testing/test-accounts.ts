import { CommandContext, Role, UserId } from '../../core/index.js';
import { SignerAccounts } from '../port.js';

/** Accounts that are all active, with roles that were all given, until a test says otherwise. */
export class TestAccounts extends SignerAccounts {
  readonly changes = ['AccountChanged'];
  readonly disabled = new Set<UserId>();
  readonly inNeed = new Map<UserId, readonly Role[]>();

  async inactive(ids: readonly UserId[]): Promise<readonly UserId[]> {
    return ids.filter((id) => this.disabled.has(id));
  }

  async takenInNeed({ actor }: Pick<CommandContext, 'actor'>): Promise<readonly Role[]> {
    return this.inNeed.get(actor.id) ?? [];
  }
}
