import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { userIdOf } from '../../user/user-id.js';
import { timeIn } from '../time-in.js';
import { ONE_LINE } from '../one-line.js';
import { withReason } from '../with-reason.js';
import { IssueToken, RevokeToken } from './tokens.commands.js';

@Strict()
export class IssueTokenRequest {
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  @Matches(ONE_LINE, { message: 'label is one line of plain text' })
  readonly label!: string;

  /** ISO 8601; without it the token lives until it is revoked. */
  @IsOptional()
  @IsString()
  readonly expires_at?: string;

  /** A service account; oneself by default. */
  @IsOptional()
  @IsString()
  readonly user_id?: string;

  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/tokens`)
export class TokensController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Requires('self:write')
  async issue(@Caller() context: CommandContext, @Body() { label, expires_at, user_id, reason }: IssueTokenRequest) {
    const expiresAt = expires_at === undefined ? undefined : timeIn(expires_at, 'expires_at');
    const userId = user_id === undefined ? undefined : userIdOf(user_id);
    const issued = await this.commands.execute(
      new IssueToken(withReason(context, reason), { label, expiresAt, userId }),
    );
    return { token_id: issued.tokenId, user_id: issued.userId, token: issued.secret, expires_at };
  }

  @Delete(':id')
  @HttpCode(200)
  @Requires('self:write')
  async revoke(@Caller() context: CommandContext, @Param('id') tokenId: string) {
    await this.commands.execute(new RevokeToken(context, { tokenId }));
    return { token_id: tokenId, revoked: true };
  }
}
