import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, errors } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { DecisionMaker } from '../../ledger/index.js';
import { recordingDenial } from '../access/recorded-denial.js';
import { userResource } from '../user/resource.js';
import { SignInLocks } from '../access/sign-in-locks.js';
import { Alerts } from '../alerts/alerts.js';
import { Passwords } from '../credentials/passwords.js';
import { Accounts } from '../user/accounts.js';
import { isLocked, userDecider, userStream } from '../user/decide.js';
import { Account } from '../user/events.js';
import { noAccount } from '../user/no-account.js';
import { CodeCheck } from './code-check.js';
import { FactorStore } from './factor-store.js';
import { RemoveSecondFactor, ResetSecondFactor } from './second-factor.commands.js';

@CommandHandler(RemoveSecondFactor)
export class RemoveSecondFactorHandler implements ICommandHandler<RemoveSecondFactor> {
  constructor(
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly codes: CodeCheck,
    private readonly locks: SignInLocks,
    private readonly store: FactorStore,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input: { password, code } }: RemoveSecondFactor): Promise<void> {
    const { user } = await this.accounts.load(context.actor.id);
    if (user.status === 'absent') throw noAccount();
    const { userId, secondFactor } = user;
    if (!secondFactor) throw errors.state('no-second-factor', 'the account has no second factor');
    if (isLocked(user, context.now))
      return this.refuse(context, 'sign-in-locked', 'password and codes are locked for a while after wrong tries');
    if (!(await this.passwords.matches(userId, user.password?.verifierId, password)))
      return this.refuse(context, 'wrong-password', 'the password is not right', 'password');
    await this.checkCode(user, code, context);
    const { factorId } = secondFactor;
    await this.decisions.decide(userDecider, userStream(userId), { type: 'RemoveSecondFactor', factorId }, context);
    this.store.remove(factorId);
  }

  private async checkCode(user: Account, code: string, context: CommandContext): Promise<void> {
    const failure = await this.codes.failure(user, code, () => context);
    if (!failure) return;
    if (failure.guesses !== undefined) await this.locks.guessed(context, user.userId, failure.guesses);
    await this.refuse(context, failure.why, 'the code is not right, or was used already', 'code');
  }

  private refuse(context: CommandContext, code: string, message: string, field?: string): Promise<never> {
    const resource = { kind: 'user', id: context.actor.id };
    return this.policy.refuse(context, { action: 'self:write', code, message, field, resource });
  }
}

@CommandHandler(ResetSecondFactor)
export class ResetSecondFactorHandler implements ICommandHandler<ResetSecondFactor> {
  constructor(
    private readonly accounts: Accounts,
    private readonly store: FactorStore,
    private readonly policy: AccessPolicy,
    private readonly alerts: Alerts,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input: { userId } }: ResetSecondFactor): Promise<void> {
    if (context.reason === undefined)
      throw errors.invalid('reason-required', 'say why: taking away a second factor needs a reason', 'reason');
    const { user } = await this.accounts.load(userId);
    const command = { type: 'ResetSecondFactor' as const, by: context.actor.id };
    const decided = this.decisions.decide(userDecider, userStream(userId), command, context);
    await recordingDenial(decided, this.policy, context, { resource: userResource({ userId }) });
    await this.alerts.raise(context, { alert: 'credentials-reset', userId });
    if (user.status !== 'absent' && user.secondFactor) this.store.remove(user.secondFactor.factorId);
  }
}
