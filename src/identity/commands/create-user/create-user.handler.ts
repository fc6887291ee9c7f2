import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { errors } from '../../../core/index.js';
import { weakness } from '../../credentials/password-rules.js';
import { loginName } from '../../directory/login-name.js';
import { newUserId, Registration } from '../../user/registration.js';
import { CreatedUser, CreateUser } from './create-user.command.js';

@CommandHandler(CreateUser)
export class CreateUserHandler implements ICommandHandler<CreateUser> {
  constructor(private readonly registration: Registration) {}

  async execute({ context, input }: CreateUser): Promise<CreatedUser> {
    const login = loginName(input.login);
    if (input.kind === 'service' && input.identityVerified !== undefined)
      throw errors.invalid('service-account', 'a service account stands for no person', 'identity_verified');
    const { oneTimePassword } = input;
    const weak = oneTimePassword === undefined ? undefined : weakness(oneTimePassword, login, 'password');
    if (weak) throw weak;
    const userId = await this.registration.reserve('ReserveName', login, input.kind, newUserId(), context);
    if (userId === undefined) throw errors.conflict('name-not-reserved', 'the login could not be reserved; try again');
    return { userId, login, ...(await this.registration.create({ ...input, userId, login }, context)) };
  }
}
