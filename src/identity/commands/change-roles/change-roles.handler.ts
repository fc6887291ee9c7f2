import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Role } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { userDecider, userStream } from '../../user/decide.js';
import { ChangeRoles } from './change-roles.command.js';

@CommandHandler(ChangeRoles)
export class ChangeRolesHandler implements ICommandHandler<ChangeRoles> {
  constructor(private readonly decisions: DecisionMaker) {}

  async execute({ context, input: { userId, roles } }: ChangeRoles): Promise<{ readonly roles: readonly Role[] }> {
    const command = { type: 'ChangeRoles' as const, roles, by: context.actor.id };
    const { state } = await this.decisions.decide(userDecider, userStream(userId), command, context);
    return { roles: state.status === 'absent' ? [] : state.roles };
  }
}
