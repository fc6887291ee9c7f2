import { Command, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, CustodyError, Role, UserId } from '../../../core/index.js';
import { newUserId, Registration } from '../../user/registration.js';

export const FIRST_LOGIN = 'admin';
export const FIRST_ROLES: readonly Role[] = ['admin'];

export interface FirstAdministrator {
  readonly userId: UserId;
  readonly login: string;
  /** To be printed once; whoever loses it needs another administrator, or `ResetPassword` on the command line. */
  readonly oneTimePassword: string;
}

/** At every start: creates the first administrator where there are no people yet, otherwise answers `undefined`. */
export class BootstrapAdministrator extends Command<FirstAdministrator | undefined> {
  /** @param context the system's own */
  constructor(readonly context: CommandContext) {
    super();
  }
}

/**
 * Of servers that start at the same time one creates the account, and only that one learns the password. A
 * crash between reserving the name and creating the account is made good by the next start.
 */
@CommandHandler(BootstrapAdministrator)
export class BootstrapAdministratorHandler implements ICommandHandler<BootstrapAdministrator> {
  constructor(private readonly registration: Registration) {}

  async execute({ context }: BootstrapAdministrator): Promise<FirstAdministrator | undefined> {
    const login = FIRST_LOGIN;
    const userId = await this.registration.reserve('ReserveFirstName', login, 'person', newUserId(), context);
    if (userId === undefined) return undefined;
    try {
      const account = {
        userId,
        kind: 'person' as const,
        login,
        displayName: 'Administrator',
        roles: FIRST_ROLES,
        // There is nobody yet who could have checked it.
        identityVerified: 'first administrator: whoever started the installation was given the one-time password',
      };
      const { oneTimePassword } = await this.registration.create(account, context);
      return oneTimePassword === undefined ? undefined : { userId, login, oneTimePassword };
    } catch (error) {
      if (error instanceof CustodyError && error.kind === 'already-exists') return undefined;
      throw error;
    }
  }
}
