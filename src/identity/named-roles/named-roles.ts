import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext } from '../../core/index.js';
import { DecisionMaker, Settled, Written } from '../../ledger/index.js';
import { SharedLoads } from '../shared-loads.js';
import { NamedRoleCommand, namedRolesDecider } from './decide.js';
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
}

/** Makes, changes, fills, gives and takes back named roles. Answers what happened, and the state after it. */
export class ChangeNamedRoles extends Command<Written<NamedRoleEvent, State>> {
  constructor(
    readonly context: CommandContext,
    readonly change: NamedRoleCommand,
  ) {
    super();
  }
}

@CommandHandler(ChangeNamedRoles)
export class ChangeNamedRolesHandler implements ICommandHandler<ChangeNamedRoles> {
  constructor(private readonly decisions: DecisionMaker) {}

  execute({ context, change }: ChangeNamedRoles): Promise<Written<NamedRoleEvent, State>> {
    return this.decisions.decide(namedRolesDecider, NAMED_ROLES, change, context);
  }
}
