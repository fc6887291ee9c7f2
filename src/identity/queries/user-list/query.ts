import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Role, UserId } from '../../../core/index.js';
import { ReadModels } from '../../../projection/index.js';
import { UserListSchema, UsersTable } from './table.js';

export interface UserRow {
  readonly userId: UserId;
  readonly kind: 'person' | 'service';
  readonly login: string;
  readonly displayName: string;
  readonly email?: string;
  readonly roles: readonly Role[];
  readonly status: 'pending' | 'active' | 'disabled';
  readonly disabled: boolean;
  readonly verified?: { readonly how: string; readonly by: string; readonly at: number };
  readonly mustChangePassword: boolean;
  /** May be over. */
  readonly lockedUntil?: number;
  readonly createdAt: number;
  readonly lastSignInAt?: number;
}

export interface UserPage {
  readonly users: readonly UserRow[];
  /** Id of the last one, when there are more. */
  readonly next?: string;
}

/** In the order of their ids, which is the order of their creation. */
export class ListUsers extends Query<UserPage> {
  constructor(readonly input: { readonly limit: number; readonly after?: string }) {
    super();
  }
}

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ input: { limit, after = '' } }: ListUsers): Promise<UserPage> {
    const rows = await this.readModels
      .db<UserListSchema>()
      .selectFrom('identity_users')
      .selectAll()
      .where('user_id', '>', after)
      .orderBy('user_id')
      .limit(limit + 1)
      .execute();
    const users = rows.slice(0, limit).map(userOf);
    const last = users.at(-1);
    return rows.length > limit && last ? { users, next: last.userId } : { users };
  }
}

const verifiedOf = ({ verified_how: how, verified_by: by, verified_at: at }: UsersTable): Pick<UserRow, 'verified'> =>
  how === null || by === null || at === null ? {} : { verified: { how, by, at } };

const userOf = (row: UsersTable): UserRow => ({
  userId: row.user_id as UserId,
  kind: row.kind as UserRow['kind'],
  login: row.login,
  displayName: row.display_name,
  ...(row.email === null ? {} : { email: row.email }),
  roles: row.roles === '' ? [] : (row.roles.split(',') as Role[]),
  status: row.disabled === 1 ? 'disabled' : row.pending === 1 ? 'pending' : 'active',
  disabled: row.disabled === 1,
  ...verifiedOf(row),
  mustChangePassword: row.must_change_password === 1,
  ...(row.locked_until === null ? {} : { lockedUntil: row.locked_until }),
  createdAt: row.created_at,
  ...(row.last_sign_in_at === null ? {} : { lastSignInAt: row.last_sign_in_at }),
});
