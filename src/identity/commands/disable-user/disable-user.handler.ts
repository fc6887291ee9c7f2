import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { AdministratorChanges } from '../../administrators/administrator-changes.js';
import { DisableUser } from './disable-user.command.js';

@CommandHandler(DisableUser)
export class DisableUserHandler implements ICommandHandler<DisableUser> {
  constructor(private readonly changes: AdministratorChanges) {}

  async execute({ context, input: { userId } }: DisableUser): Promise<void> {
    const command = { type: 'DisableUser' as const, by: context.actor.id };
    await this.changes.decide(userId, (released) => ({ ...command, released }), context);
  }
}
