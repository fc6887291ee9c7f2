import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Role } from '../../../core/index.js';
import { AdministratorChanges } from '../../administrators/administrator-changes.js';
import { ChangeRoles } from './change-roles.command.js';

@CommandHandler(ChangeRoles)
export class ChangeRolesHandler implements ICommandHandler<ChangeRoles> {
  constructor(private readonly changes: AdministratorChanges) {}

  async execute({ context, input: { userId, roles } }: ChangeRoles): Promise<{ readonly roles: readonly Role[] }> {
    const command = { type: 'ChangeRoles' as const, roles, by: context.actor.id };
    const { state } = await this.changes.decide(userId, (released) => ({ ...command, released }), context);
    return { roles: state.status === 'absent' ? [] : state.roles };
  }
}
