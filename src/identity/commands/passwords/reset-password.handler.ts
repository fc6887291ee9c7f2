import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { errors, PersonalData } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { recordingDenial } from '../../access/recorded-denial.js';
import { userResource } from '../../user/resource.js';
import { Alerts } from '../../alerts/alerts.js';
import { weakness } from '../../credentials/password-rules.js';
import { Passwords } from '../../credentials/passwords.js';
import { formerOf, User } from '../../user/events.js';
import { Accounts } from '../../user/accounts.js';
import { userDecider, userStream } from '../../user/decide.js';
import { ResetPassword } from './passwords.commands.js';

@CommandHandler(ResetPassword)
export class ResetPasswordHandler implements ICommandHandler<ResetPassword> {
  constructor(
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly personal: PersonalData,
    private readonly policy: AccessPolicy,
    private readonly alerts: Alerts,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input }: ResetPassword): Promise<{ readonly oneTimePassword: string }> {
    const { userId } = input;
    const { user } = await this.accounts.load(userId);
    if (input.oneTimePassword !== undefined) await this.check(user, input.oneTimePassword);
    const oneTimePassword = input.oneTimePassword ?? this.passwords.oneTime();
    const replaced = this.passwords.replace(
      { userId, password: oneTimePassword, former: formerOf(user), now: context.now },
      (verifierId) =>
        this.decisions.decide(
          userDecider,
          userStream(userId),
          { type: 'ResetPassword', verifierId, by: context.actor.id, now: context.now },
          context,
        ),
    );
    await recordingDenial(replaced, this.policy, context, { resource: userResource({ userId }) });
    await this.alerts.raise(context, { alert: 'credentials-reset', userId });
    return { oneTimePassword };
  }

  /** What somebody chose is held to the rules for passwords, used once or not. */
  private async check(user: User, password: string): Promise<void> {
    if (user.status === 'absent') return;
    const weak = weakness(password, this.personal.unseal(user.login), 'password');
    if (weak) throw weak;
    if (await this.passwords.wasUsed(user.userId, formerOf(user), password))
      throw errors.invalid('password-used-before', 'the password is one of the last ones: choose another', 'password');
  }
}
