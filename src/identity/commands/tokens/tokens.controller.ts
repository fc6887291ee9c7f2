import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Limits, namePattern, toIso } from '../../../core/index.js';
import type { CommandContext } from '../../../core/index.js';
import { ACTIONS, Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { userIdOf } from '../../user/user-id.js';
import { timeIn } from '../time-in.js';
import { ONE_LINE } from '../one-line.js';
import { withReason } from '../with-reason.js';
import { IssueToken, RevokeToken, RotateToken } from './tokens.commands.js';

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

  /** Reads only, whatever its owner may do. */
  @IsOptional()
  @IsBoolean()
  readonly read_only?: boolean;

  /** Nothing but these actions. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(Object.keys(ACTIONS), { each: true, message: 'each of actions is one of those that docs/security.md lists' })
  readonly actions?: readonly string[];

  /** Nothing but what is about experiments of these names (`*` is any text, `?` one character), */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  readonly experiments?: readonly string[];

  /** or about registered models of these names. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  readonly models?: readonly string[];

  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@Strict()
export class RotateTokenRequest {
  /** For how long the present secret goes on; at most CUSTODY_TOKEN_MAX_GRACE_MINUTES. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  readonly grace_minutes?: number;

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
  async issue(@Caller() context: CommandContext, @Body() body: IssueTokenRequest) {
    const { label, expires_at, user_id, reason } = body;
    const limits = limitsIn(body);
    const expiresAt = expires_at === undefined ? undefined : timeIn(expires_at, 'expires_at');
    const userId = user_id === undefined ? undefined : userIdOf(user_id);
    const issued = await this.commands.execute(
      new IssueToken(withReason(context, reason), { label, expiresAt, userId, ...(limits ? { limits } : {}) }),
    );
    const { tokenId, userId: owner, secret } = issued;
    return {
      token_id: tokenId,
      user_id: owner,
      token: secret,
      expires_at,
      ...(limits && { limits: limitsWire(limits) }),
    };
  }

  /** The token stays what it is, under another secret. */
  @Post(':id/rotate')
  @HttpCode(200)
  @Requires('self:write')
  async rotate(
    @Caller() context: CommandContext,
    @Param('id') tokenId: string,
    @Body() { grace_minutes: graceMinutes, reason }: RotateTokenRequest = {},
  ) {
    const rotated = await this.commands.execute(
      new RotateToken(withReason(context, reason), {
        tokenId,
        ...(graceMinutes === undefined ? {} : { graceMinutes }),
      }),
    );
    return { token_id: tokenId, token: rotated.secret, old_secret_until: toIso(rotated.formerUntil) };
  }

  @Delete(':id')
  @HttpCode(200)
  @Requires('self:write')
  async revoke(@Caller() context: CommandContext, @Param('id') tokenId: string) {
    await this.commands.execute(new RevokeToken(context, { tokenId }));
    return { token_id: tokenId, revoked: true };
  }
}

function limitsIn({ read_only, actions, experiments, models }: IssueTokenRequest): Limits | undefined {
  const limits: Limits = {
    ...(read_only === true ? { readOnly: true } : {}),
    ...(actions === undefined ? {} : { actions }),
    ...(experiments === undefined ? {} : { experiments: experiments.map((each) => namePattern(each, 'experiments')) }),
    ...(models === undefined ? {} : { models: models.map((each) => namePattern(each, 'models')) }),
  };
  return Object.keys(limits).length > 0 ? limits : undefined;
}

export const limitsWire = ({ readOnly, ...names }: Limits) => ({
  ...(readOnly === undefined ? {} : { read_only: readOnly }),
  ...names,
});
