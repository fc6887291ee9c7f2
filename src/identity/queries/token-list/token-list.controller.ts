import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { Limits, Micros, toIso } from '../../../core/index.js';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { limitsWire } from '../../commands/tokens/tokens.controller.js';
import { userIdOf } from '../../user/user-id.js';
import { ListTokens } from './query.js';
import { TokensTable } from './table.js';

@Strict()
export class ListTokensRequest {
  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly user_id?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/tokens`)
export class TokenListController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Requires('self:read')
  async list(@Caller() context: CommandContext, @Query() { user_id }: ListTokensRequest) {
    const userId = user_id === undefined ? undefined : userIdOf(user_id);
    const tokens = await this.queries.execute(new ListTokens(context, { userId }));
    return { tokens: tokens.map(wire) };
  }
}

const iso = (at: number | null) => (at === null ? undefined : toIso(at as Micros));

const wire = (token: TokensTable) => ({
  token_id: token.token_id,
  user_id: token.user_id,
  label: token.label,
  created_at: iso(token.created_at),
  expires_at: iso(token.expires_at),
  revoked_at: iso(token.revoked_at),
  last_used_at: iso(token.last_used_at),
  rotated_at: iso(token.rotated_at),
  old_secret_until: iso(token.old_secret_until),
  ...(token.limits === null ? {} : { limits: limitsWire(JSON.parse(token.limits) as Limits) }),
});
