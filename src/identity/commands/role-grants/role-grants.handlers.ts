import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { errors, uuidv7 } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { recordingDenial } from '../../access/recorded-denial.js';
import { NamedRoles } from '../../named-roles/named-roles.js';
import { userResource } from '../../user/resource.js';
import { userDecider, userStream } from '../../user/decide.js';
import { GrantRole, RevokeRoleGrant } from './role-grants.commands.js';

@CommandHandler(GrantRole)
export class GrantRoleHandler implements ICommandHandler<GrantRole> {
  constructor(
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
    private readonly namedRoles: NamedRoles,
  ) {}

  async execute({ context, input: { userId, ...grant } }: GrantRole): Promise<{ readonly grantId: string }> {
    if (context.reason === undefined)
      throw errors.invalid('reason-required', 'say why: a role that is granted needs a reason', 'reason');
    await this.namedRoles.assertApart(userId, [grant.role]);
    const grantId = `g-${uuidv7()}`;
    const command = { type: 'GrantRole' as const, grantId, ...grant, now: context.now, by: context.actor.id };
    const decided = this.decisions.decide(userDecider, userStream(userId), command, context);
    await recordingDenial(decided, this.policy, context, { resource: userResource({ userId }) });
    return { grantId };
  }
}

@CommandHandler(RevokeRoleGrant)
export class RevokeRoleGrantHandler implements ICommandHandler<RevokeRoleGrant> {
  constructor(
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input: { userId, grantId } }: RevokeRoleGrant): Promise<void> {
    const command = { type: 'RevokeGrant' as const, grantId, by: context.actor.id };
    const decided = this.decisions.decide(userDecider, userStream(userId), command, context);
    await recordingDenial(decided, this.policy, context, { resource: userResource({ userId }) });
  }
}
