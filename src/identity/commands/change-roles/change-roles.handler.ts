import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { errors, Role } from '../../../core/index.js';
import { AdministratorChanges } from '../../administrators/administrator-changes.js';
import { Alerts } from '../../alerts/alerts.js';
import { NamedRoles } from '../../named-roles/named-roles.js';
import { ChangeRoles } from './change-roles.command.js';

@CommandHandler(ChangeRoles)
export class ChangeRolesHandler implements ICommandHandler<ChangeRoles> {
  constructor(
    private readonly changes: AdministratorChanges,
    private readonly alerts: Alerts,
    private readonly namedRoles: NamedRoles,
  ) {}

  async execute({ context, input: { userId, roles } }: ChangeRoles): Promise<{ readonly roles: readonly Role[] }> {
    if (context.reason === undefined)
      throw errors.invalid('reason-required', 'say why: a change of roles needs a reason', 'reason');
    await this.namedRoles.assertApart(userId, roles);
    const command = { type: 'ChangeRoles' as const, roles, by: context.actor.id };
    const { state, events } = await this.changes.decide(userId, (released) => ({ ...command, released }), context);
    const [changed] = events;
    if (changed?.type === 'RolesChanged' && changed.data.to.includes('admin') && !changed.data.from.includes('admin'))
      await this.alerts.raise(context, { alert: 'administrator-made', userId });
    return { roles: state.status === 'absent' ? [] : state.roles };
  }
}
