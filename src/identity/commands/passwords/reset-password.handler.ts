import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { DecisionMaker } from '../../../ledger/index.js';
import { Passwords } from '../../credentials/passwords.js';
import { formerOf } from '../../user/events.js';
import { Accounts } from '../../user/accounts.js';
import { userDecider, userStream } from '../../user/decide.js';
import { ResetPassword } from './passwords.commands.js';

@CommandHandler(ResetPassword)
export class ResetPasswordHandler implements ICommandHandler<ResetPassword> {
  constructor(
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input: { userId } }: ResetPassword): Promise<{ readonly oneTimePassword: string }> {
    const { user } = await this.accounts.load(userId);
    const oneTimePassword = this.passwords.oneTime();
    await this.passwords.replace(
      { userId, password: oneTimePassword, former: formerOf(user), now: context.now },
      (verifierId) =>
        this.decisions.decide(
          userDecider,
          userStream(userId),
          { type: 'ResetPassword', verifierId, by: context.actor.id, now: context.now },
          context,
        ),
    );
    return { oneTimePassword };
  }
}
