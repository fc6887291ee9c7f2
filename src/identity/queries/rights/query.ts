import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { DomainEvent, Micros, RecordedEvent, UserId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import {
  evolve as evolveRoles,
  NAMED_ROLES,
  NamedPermission,
  NamedRoleEvent,
  noRoles,
} from '../../named-roles/events.js';
import { userStream } from '../../user/decide.js';
import { evolve, nobody, RoleGrant, User, UserEvent } from '../../user/events.js';
import { noAccount } from '../../user/no-account.js';
import { isLive, Rights, rightsAt } from '../../user/rights.js';

/** What changed somebody's rights. */
const OF_RIGHTS = new Set<UserEvent['type']>([
  'UserCreated',
  'IdentityVerified',
  'RolesChanged',
  'RoleGranted',
  'RoleGrantRevoked',
  'BreakGlassAllowed',
  'BreakGlassWithdrawn',
  'BreakGlassUsed',
  'UserDisabled',
  'UserEnabled',
  'UserDeprovisioned',
]);

export interface RightsChange {
  readonly event: UserEvent | NamedRoleEvent;
  readonly recorded: RecordedEvent;
}

export interface NamedRights {
  readonly roleId: number;
  readonly name: string;
  readonly permissions: readonly Pick<NamedPermission, 'scope' | 'level'>[];
}

export interface RightsAsOf extends Rights {
  readonly userId: UserId;
  readonly asOf: Micros;
  readonly status: 'pending' | 'active' | 'disabled';
  readonly grants: readonly (RoleGrant & { readonly grantId: string })[];
  readonly breakGlass: boolean;
  /** Named roles that the account has, with what each permits. */
  readonly named: readonly NamedRights[];
  /** Oldest first, up to then; what changed a named role while the account had it, too. */
  readonly history: readonly RightsChange[];
}

/** What an account might do at a time, and how that came about: from the log itself, so that it can't be behind. */
export class GetRights extends Query<RightsAsOf> {
  constructor(
    readonly userId: UserId,
    readonly asOf: Micros,
  ) {
    super();
  }
}

@QueryHandler(GetRights)
export class GetRightsHandler implements IQueryHandler<GetRights> {
  constructor(private readonly decisions: DecisionMaker) {}

  /** @throws not-found, also for an account that there was not yet at the time */
  async execute({ userId, asOf }: GetRights): Promise<RightsAsOf> {
    let user: User = nobody;
    const history: RightsChange[] = [];
    for await (const recorded of this.until<UserEvent>(userStream(userId), asOf)) {
      user = evolve(user, recorded);
      if (OF_RIGHTS.has(recorded.type)) history.push({ event: recorded, recorded });
    }
    if (user.status === 'absent') throw noAccount();
    const { named, changes } = await this.throughRoles(userId, asOf);
    history.push(...changes);
    history.sort((a, b) => a.recorded.position - b.recorded.position);
    const live = [...user.grants].filter(([, grant]) => isLive(grant, asOf));
    const grants = live.map(([grantId, grant]) => ({ grantId, ...grant }));
    const { status, breakGlass } = user;
    return { userId, asOf, status, grants, named, breakGlass, history, ...rightsAt(user, asOf) };
  }

  private async throughRoles(userId: UserId, asOf: Micros) {
    let state = noRoles;
    const changes: RightsChange[] = [];
    const has = (roleId: number) => state.assigned.get(roleId)?.has(userId) === true;
    for await (const recorded of this.until<NamedRoleEvent>(NAMED_ROLES, asOf)) {
      const before = has(recorded.data.roleId);
      state = evolveRoles(state, recorded);
      if (before || has(recorded.data.roleId)) changes.push({ event: recorded, recorded });
    }
    const ids = [...state.roles.keys()].filter(has);
    const named = ids.map((roleId): NamedRights => {
      const permissions = [...state.permissions.filter((each) => each.roleId === roleId).values()];
      return { roleId, name: state.roles.get(roleId)?.name ?? '', permissions };
    });
    return { named, changes };
  }

  private async *until<E extends DomainEvent>(stream: string, asOf: Micros): AsyncGenerator<RecordedEvent & E> {
    for await (const event of this.decisions.history<E>(stream)) {
      if (event.recordedAt > asOf) return;
      yield event;
    }
  }
}
