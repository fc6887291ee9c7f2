import { Command, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, errors, UserId } from '../../../core/index.js';
import { Alerts } from '../../alerts/alerts.js';
import { loginName } from '../../directory/login-name.js';
import { newUserId, Registration } from '../../user/registration.js';
import { FIRST_ROLES } from '../bootstrap-administrator/bootstrap-administrator.js';

export interface RecoveredAdministrator {
  readonly userId: UserId;
  readonly login: string;
  readonly oneTimePassword: string;
}

/**
 * When no administrator can sign in any more: a new account, made by whoever has the machine. No present account
 * is touched, so nobody becomes another person by it.
 */
export class RecoverAdministration extends Command<RecoveredAdministrator> {
  /** @param context the system's own, with the reason that was given */
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly login: string; readonly identityVerified: string },
  ) {
    super();
  }
}

@CommandHandler(RecoverAdministration)
export class RecoverAdministrationHandler implements ICommandHandler<RecoverAdministration> {
  constructor(
    private readonly registration: Registration,
    private readonly alerts: Alerts,
  ) {}

  async execute({ context, input }: RecoverAdministration): Promise<RecoveredAdministrator> {
    const login = loginName(input.login);
    const userId = await this.registration.reserve('ReserveName', login, 'person', newUserId(), context);
    if (userId === undefined) throw errors.conflict('name-not-reserved', 'the login could not be reserved; try again');
    const { identityVerified } = input;
    const account = { userId, kind: 'person' as const, login, roles: FIRST_ROLES, identityVerified };
    // Before the account: a crash in between leaves an alert too many, not one too few.
    await this.alerts.raise(context, { alert: 'administrator-made', userId });
    const { oneTimePassword } = await this.registration.create(account, context);
    if (oneTimePassword === undefined) throw new Error('a person is given a one-time password');
    return { userId, login, oneTimePassword };
  }
}
