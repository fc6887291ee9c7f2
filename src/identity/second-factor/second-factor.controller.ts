import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import type { CommandContext } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../http/index.js';
import { mustHaveFactor } from '../access/standing.js';
import { ReasonRequest } from '../commands/reason.request.js';
import { withReason } from '../commands/with-reason.js';
import { rightsWith } from '../named-roles/levels.js';
import { NamedRoles } from '../named-roles/named-roles.js';
import { Accounts } from '../user/accounts.js';
import { noAccount } from '../user/no-account.js';
import { userIdOf } from '../user/user-id.js';
import {
  ConfirmSecondFactor,
  OfferSecondFactor,
  RemoveSecondFactor,
  ResetSecondFactor,
} from './second-factor.commands.js';
import { SECOND_FACTOR_POLICY } from './second-factor-policy.js';
import type { SecondFactorPolicy } from './second-factor-policy.js';
import { WhileEnrolling } from './while-enrolling.js';

@Strict()
export class ConfirmSecondFactorRequest {
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  readonly code!: string;
}

@Strict()
export class RemoveSecondFactorRequest {
  @IsString()
  @MaxLength(1024)
  readonly password!: string;

  /** Of the factor, or a recovery code. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  readonly code!: string;

  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class SecondFactorController {
  constructor(
    private readonly commands: CommandBus,
    private readonly accounts: Accounts,
    private readonly namedRoles: NamedRoles,
    @Inject(SECOND_FACTOR_POLICY) private readonly policy: SecondFactorPolicy,
  ) {}

  @Get('me/second-factor')
  @Requires('self:read')
  @WhileEnrolling()
  async status(@Caller() { actor, now }: CommandContext) {
    const { user } = await this.accounts.load(actor.id);
    if (user.status === 'absent') throw noAccount();
    const { secondFactor } = user;
    return {
      user_id: actor.id,
      enrolled: secondFactor !== undefined,
      required: mustHaveFactor(rightsWith((await this.namedRoles.load()).state, user, now), this.policy),
      ...(secondFactor && { recovery_codes_left: secondFactor.recoveryCodes }),
    };
  }

  @Post('me/second-factor')
  @Requires('self:write')
  @WhileEnrolling()
  async offer(@Caller() context: CommandContext) {
    const { secret, uri } = await this.commands.execute(new OfferSecondFactor(context));
    return { user_id: context.actor.id, secret, otpauth_uri: uri };
  }

  @Post('me/second-factor/confirm')
  @HttpCode(200)
  @Requires('self:write')
  @WhileEnrolling()
  async confirm(@Caller() context: CommandContext, @Body() { code }: ConfirmSecondFactorRequest) {
    const { recoveryCodes } = await this.commands.execute(new ConfirmSecondFactor(context, { code }));
    return { user_id: context.actor.id, enrolled: true, recovery_codes: recoveryCodes };
  }

  @Delete('me/second-factor')
  @HttpCode(200)
  @Requires('self:write')
  async remove(@Caller() context: CommandContext, @Body() { password, code, reason }: RemoveSecondFactorRequest) {
    await this.commands.execute(new RemoveSecondFactor(withReason(context, reason), { password, code }));
    return { user_id: context.actor.id, enrolled: false };
  }

  @Post(':id/second-factor/reset')
  @HttpCode(200)
  @Requires('user:write')
  async reset(@Caller() context: CommandContext, @Param('id') id: string, @Body() body?: ReasonRequest) {
    const userId = userIdOf(id);
    await this.commands.execute(new ResetSecondFactor(withReason(context, body?.reason), { userId }));
    return { user_id: userId, enrolled: false };
  }
}
