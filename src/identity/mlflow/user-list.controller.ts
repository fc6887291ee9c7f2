import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { MLFLOW, Requires } from '../../http/index.js';
import { NamedRoles } from '../named-roles/named-roles.js';
import { ListUsers, UserRow } from '../queries/user-list/query.js';
import { MlflowAccounts } from './mlflow-accounts.js';
import { RolesWire } from './roles-wire.js';

const PAGE = 1000;

/** MLflow's list of users; it knows no pages. */
@ApiTags('mlflow users')
@Controller(MLFLOW)
export class MlflowUserListController {
  constructor(
    private readonly queries: QueryBus,
    private readonly accounts: MlflowAccounts,
    private readonly named: NamedRoles,
    private readonly wire: RolesWire,
  ) {}

  @Get('users/list')
  @Requires('user:read')
  async list() {
    const { state } = await this.named.load();
    const users = (await this.all()).map(async ({ userId, login, roles }) => ({
      id: await this.accounts.numberOf(userId),
      username: login,
      is_admin: roles.includes('admin'),
      roles: await this.wire.rolesOf(state, userId),
    }));
    return { users: await Promise.all(users) };
  }

  private async all(): Promise<readonly UserRow[]> {
    const users: UserRow[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.queries.execute(
        new ListUsers({ limit: PAGE, ...(after === undefined ? {} : { after }) }),
      );
      users.push(...page.users.filter(({ disabled }) => !disabled));
      if (page.next === undefined) return users;
      after = page.next;
    }
  }
}
