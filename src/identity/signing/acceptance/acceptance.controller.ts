import { Body, Controller, Get, HttpCode, Inject, Optional, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import { toIso } from '../../../core/index.js';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { OIDC_OPTIONS } from '../../oidc/options.js';
import type { OidcOptions } from '../../oidc/options.js';
import { Accounts } from '../../user/accounts.js';
import { noAccount } from '../../user/no-account.js';
import { SigningComponents } from '../components.js';
import { AcceptSignatures } from './accept-signatures.command.js';
import { ACCEPTANCE } from './text.js';

@Strict()
export class AcceptSignaturesRequest {
  /** Of the text that was read. */
  @IsInt()
  readonly version!: number;

  @IsOptional()
  @IsString()
  @MaxLength(1024)
  readonly password?: string;

  /** Of the second factor, or a recovery code. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly code?: string;

  /** From a fresh sign-in at the OpenID provider, instead of a password. */
  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly signing_ticket?: string;
}

@ApiTags('signatures')
@Controller(`${CUSTODY_API}/users/me/signature-acceptance`)
export class AcceptanceController {
  constructor(
    private readonly commands: CommandBus,
    private readonly accounts: Accounts,
    private readonly components: SigningComponents,
    @Optional() @Inject(OIDC_OPTIONS) private readonly oidc?: OidcOptions,
  ) {}

  /** The text, whether one has accepted it, and what a signature takes here and now. */
  @Get()
  @Requires('self:read')
  async read(@Caller() context: CommandContext) {
    const { user } = await this.accounts.load(context.actor.id);
    if (user.status === 'absent') throw noAccount();
    const { version, text, digest } = ACCEPTANCE;
    const { accepted } = user.signing;
    const code = user.secondFactor !== undefined && !this.components.continues(context, user);
    return {
      user_id: user.userId,
      version,
      text,
      digest,
      accepted: accepted?.version === version,
      ...(accepted && { accepted_version: accepted.version, accepted_at: toIso(accepted.acceptedAt) }),
      signing: { password: user.password !== undefined, code, oidc: this.oidc?.client !== undefined },
    };
  }

  @Post()
  @HttpCode(200)
  @Requires('self:write')
  async accept(
    @Caller() context: CommandContext,
    @Body() { version, password, code, signing_ticket: ticket }: AcceptSignaturesRequest,
  ) {
    const credentials = { password, code, ticket };
    const { acceptedAt } = await this.commands.execute(new AcceptSignatures(context, { version, credentials }));
    return {
      user_id: context.actor.id,
      version,
      digest: ACCEPTANCE.digest,
      accepted: true,
      accepted_at: toIso(acceptedAt),
    };
  }
}
