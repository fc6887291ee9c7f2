import { Inject } from '@nestjs/common';
import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { EventCatalogue, Micros, RecordedEvent, UserId } from '../../../core/index.js';
import { DEFAULT_PAGE, LEDGER } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/index.js';
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
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly catalogue: EventCatalogue,
  ) {}

  /** @throws not-found, also for an account that there was not yet at the time */
  async execute({ userId, asOf }: GetRights): Promise<RightsAsOf> {
    let user: User = nobody;
    const history: RightsChange[] = [];
    for await (const recorded of this.until(userStream(userId), asOf)) {
      const event = this.catalogue.upcast<UserEvent>(recorded);
      user = evolve(user, event);
      if (OF_RIGHTS.has(event.type)) history.push({ event, recorded });
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
    for await (const recorded of this.until(NAMED_ROLES, asOf)) {
      const event = this.catalogue.upcast<NamedRoleEvent>(recorded);
      const before = has(event.data.roleId);
      state = evolveRoles(state, event);
      if (before || has(event.data.roleId)) changes.push({ event, recorded });
    }
    const ids = [...state.roles.keys()].filter(has);
    const named = ids.map((roleId): NamedRights => {
      const permissions = [...state.permissions.filter((each) => each.roleId === roleId).values()];
      return { roleId, name: state.roles.get(roleId)?.name ?? '', permissions };
    });
    return { named, changes };
  }

  private async *until(stream: string, asOf: Micros): AsyncGenerator<RecordedEvent> {
    for (let from = 0; ; from += DEFAULT_PAGE) {
      const page = await this.ledger.read(stream, { from, limit: DEFAULT_PAGE });
      for (const event of page) {
        if (event.recordedAt > asOf) return;
        yield event;
      }
      if (page.length < DEFAULT_PAGE) return;
    }
  }
}
