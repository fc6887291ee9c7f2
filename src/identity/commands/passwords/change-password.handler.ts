import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { errors, PersonalData } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { weakness } from '../../credentials/password-rules.js';
import { Passwords } from '../../credentials/passwords.js';
import { Accounts } from '../../user/accounts.js';
import { userDecider, userStream } from '../../user/decide.js';
import { formerOf } from '../../user/events.js';
import { ChangePassword } from './passwords.commands.js';

@CommandHandler(ChangePassword)
export class ChangePasswordHandler implements ICommandHandler<ChangePassword> {
  constructor(
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly personal: PersonalData,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input: { current, next } }: ChangePassword): Promise<void> {
    const userId = context.actor.id;
    const { replaces, former, login } = await this.present(context.actor.id);
    if (!(await this.passwords.matches(userId, replaces, current))) return this.refuse(context);
    const weak =
      current === next
        ? errors.invalid('same-password', 'the new password is the old one', 'new')
        : weakness(next, login, 'new');
    if (weak) throw weak;
    if (await this.passwords.wasUsed(userId, former, next))
      throw errors.invalid('password-used-before', 'the new password is one of your last ones: choose another', 'new');
    const command = { type: 'ChangePassword' as const, replaces, now: context.now };
    await this.passwords.replace({ userId, password: next, former, now: context.now }, (verifierId) =>
      this.decisions.decide(userDecider, userStream(userId), { ...command, verifierId }, context),
    );
  }

  private async present(userId: ChangePassword['context']['actor']['id']) {
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent' || !user.password)
      throw errors.state('no-password', 'whoever asks has no password that could be changed');
    return { replaces: user.password.verifierId, former: formerOf(user), login: this.personal.unseal(user.login) };
  }

  /** Whoever holds a stolen token must not get to try passwords without a trace. */
  private refuse(context: ChangePassword['context']): Promise<never> {
    return this.policy.refuse(context, {
      action: 'self:write',
      code: 'wrong-password',
      message: 'the current password is not right',
      field: 'current',
      resource: { kind: 'user', id: context.actor.id },
    });
  }
}
