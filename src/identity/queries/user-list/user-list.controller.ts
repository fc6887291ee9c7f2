import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Micros, toIso } from '../../../core/index.js';
import { CUSTODY_API, Requires, ToInt, Strict } from '../../../http/index.js';
import { ListUsers, UserRow } from './query.js';

const PAGE = 100;
const MAX_PAGE = 1000;

@Strict()
export class ListUsersRequest {
  @IsOptional()
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly max_results?: number;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly page_token?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class UserListController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Requires('user:read')
  async list(@Query() { max_results: limit = PAGE, page_token: after }: ListUsersRequest) {
    const { users, next } = await this.queries.execute(new ListUsers({ limit, after }));
    return { users: users.map(wire), next_page_token: next };
  }
}

const wire = (user: UserRow) => ({
  user_id: user.userId,
  kind: user.kind,
  login: user.login,
  display_name: user.displayName,
  email: user.email,
  roles: user.roles,
  status: user.status,
  disabled: user.disabled,
  identity_verified: user.verified && {
    how: user.verified.how,
    by: user.verified.by,
    at: toIso(user.verified.at as Micros),
  },
  must_change_password: user.mustChangePassword,
  locked_until: user.lockedUntil === undefined ? undefined : toIso(user.lockedUntil as Micros),
  created_at: toIso(user.createdAt as Micros),
  last_sign_in_at: user.lastSignInAt === undefined ? undefined : toIso(user.lastSignInAt as Micros),
});
