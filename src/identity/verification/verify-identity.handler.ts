import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { PersonalData } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { DecisionMaker } from '../../ledger/index.js';
import { recordingDenial } from '../access/recorded-denial.js';
import { userResource } from '../user/resource.js';
import { Accounts } from '../user/accounts.js';
import { userDecider, userStream } from '../user/decide.js';
import { noAccount } from '../user/no-account.js';
import { VerifyIdentity } from './verify-identity.command.js';

@CommandHandler(VerifyIdentity)
export class VerifyIdentityHandler implements ICommandHandler<VerifyIdentity> {
  constructor(
    private readonly accounts: Accounts,
    private readonly personal: PersonalData,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input: { userId, how } }: VerifyIdentity): Promise<void> {
    // Before anything is sealed: only accounts get keys.
    if ((await this.accounts.load(userId)).user.status === 'absent') throw noAccount();
    const command = { type: 'VerifyIdentity' as const, how: this.personal.seal(userId, how), by: context.actor.id };
    const decided = this.decisions.decide(userDecider, userStream(userId), command, context);
    await recordingDenial(decided, this.policy, context, { resource: userResource({ userId }) });
  }
}
