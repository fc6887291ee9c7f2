import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, CustodyError, Role, UserId } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { DecisionMaker, Settled, Written } from '../../ledger/index.js';
import { recordingDenial } from '../access/recorded-denial.js';
import { Accounts } from '../user/accounts.js';
import { heldAlone } from '../user/apart.js';
import { userResource } from '../user/resource.js';
import { SharedLoads } from '../shared-loads.js';
import { NamedRoleChange, namedRolesDecider } from './decide.js';
import { NAMED_ROLES, NamedRoleEvent, NamedRoles as State } from './events.js';

/** The named roles as the log has them now. */
@Injectable()
export class NamedRoles {
  private readonly loads = new SharedLoads((stream: string) => this.decisions.load(namedRolesDecider, stream));

  constructor(private readonly decisions: DecisionMaker) {}

  /** Never older than the call. */
  load(): Promise<Settled<State>> {
    return this.loads.load(NAMED_ROLES);
  }

  /** @throws invalid where somebody who has a named role would get one that is held alone */
  async assertApart(userId: UserId, roles: readonly Role[]): Promise<void> {
    if (!roles.includes('provisioner')) return;
    const { state } = await this.load();
    if (state.assigned.some((users) => users.has(userId))) throw new CustodyError(heldAlone().refusal);
  }
}

/** Makes, changes, fills, gives and takes back named roles. Answers what happened, and the state after it. */
export class ChangeNamedRoles extends Command<Written<NamedRoleEvent, State>> {
  constructor(
    readonly context: CommandContext,
    readonly change: NamedRoleChange,
  ) {
    super();
  }
}

@CommandHandler(ChangeNamedRoles)
export class ChangeNamedRolesHandler implements ICommandHandler<ChangeNamedRoles> {
  constructor(
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
    private readonly accounts: Accounts,
  ) {}

  async execute({ context, change }: ChangeNamedRoles): Promise<Written<NamedRoleEvent, State>> {
    const by = context.actor.id;
    if (change.type === 'AssignRole') await this.assertApart(change.userId);
    const decided = this.decisions.decide(namedRolesDecider, NAMED_ROLES, { ...change, by }, context);
    return recordingDenial(decided, this.policy, context, { resource: userResource({ userId: by }) });
  }

  private async assertApart(userId: UserId): Promise<void> {
    const { user } = await this.accounts.load(userId);
    if (
      user.status !== 'absent' &&
      [...user.roles, ...[...user.grants.values()].map(({ role }) => role)].includes('provisioner')
    )
      throw new CustodyError(heldAlone().refusal);
  }
}
