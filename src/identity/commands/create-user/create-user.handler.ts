import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { errors } from '../../../core/index.js';
import { Alerts } from '../../alerts/alerts.js';
import { weakness } from '../../credentials/password-rules.js';
import { loginName } from '../../directory/login-name.js';
import { newUserId, Registration } from '../../user/registration.js';
import { CreatedUser, CreateUser } from './create-user.command.js';

@CommandHandler(CreateUser)
export class CreateUserHandler implements ICommandHandler<CreateUser> {
  constructor(
    private readonly registration: Registration,
    private readonly alerts: Alerts,
  ) {}

  async execute({ context, input }: CreateUser): Promise<CreatedUser> {
    const login = loginName(input.login);
    if (input.kind === 'service' && input.identityVerified !== undefined)
      throw errors.invalid('service-account', 'a service account stands for no person', 'identity_verified');
    if (input.roles.length > 0 && context.reason === undefined)
      throw errors.invalid('reason-required', 'say why: an account with roles needs a reason', 'reason');
    const { oneTimePassword } = input;
    const weak = oneTimePassword === undefined ? undefined : weakness(oneTimePassword, login, 'password');
    if (weak) throw weak;
    const userId = await this.registration.reserve('ReserveName', login, input.kind, newUserId(), context);
    if (userId === undefined) throw errors.conflict('name-not-reserved', 'the login could not be reserved; try again');
    const created = await this.registration.create({ ...input, userId, login }, context);
    if (input.roles.includes('admin')) await this.alerts.raise(context, { alert: 'administrator-made', userId });
    return { userId, login, ...created };
  }
}
