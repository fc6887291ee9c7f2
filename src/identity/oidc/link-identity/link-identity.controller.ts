import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length, Matches } from 'class-validator';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { ONE_LINE } from '../../commands/one-line.js';
import { ReasonRequest } from '../../commands/reason.request.js';
import { withReason } from '../../commands/with-reason.js';
import { userIdOf } from '../../user/user-id.js';
import { LinkIdentity, ListIdentities, UnlinkIdentity } from './link-identity.commands.js';

@Strict()
export class LinkIdentityRequest {
  /** `sub` at the OpenID provider: who it is there, for ever. */
  @IsString()
  @Length(1, 255)
  @Matches(ONE_LINE, { message: 'subject is one line of plain text' })
  readonly subject!: string;

  /** Whether the account's roles follow the provider's claims from now on. */
  @IsOptional()
  @IsBoolean()
  readonly roles_follow?: boolean;

  /** Why; here or in the header `x-custody-reason`. */
  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class LinkIdentityController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get(':id/identities')
  @Requires('user:read')
  async list(@Param('id') id: string) {
    const identities = await this.queries.execute(new ListIdentities(userIdOf(id)));
    return {
      identities: identities.map(({ identityId, issuer, subject, rolesFollow }) => ({
        identity_id: identityId,
        issuer,
        subject,
        roles_follow: rolesFollow,
      })),
    };
  }

  @Post(':id/identities')
  @Requires('user:write')
  async link(
    @Caller() context: CommandContext,
    @Param('id') id: string,
    @Body() { subject, roles_follow: rolesFollow = false, reason }: LinkIdentityRequest,
  ) {
    const userId = userIdOf(id);
    const command = new LinkIdentity(withReason(context, reason), { userId, subject, rolesFollow });
    const { identityId } = await this.commands.execute(command);
    return { user_id: userId, identity_id: identityId, roles_follow: rolesFollow };
  }

  @Delete(':id/identities/:identity_id')
  @HttpCode(200)
  @Requires('user:write')
  async unlink(
    @Caller() context: CommandContext,
    @Param('id') id: string,
    @Param('identity_id') identityId: string,
    @Body() body?: ReasonRequest,
  ) {
    const userId = userIdOf(id);
    await this.commands.execute(new UnlinkIdentity(withReason(context, body?.reason), { userId, identityId }));
    return { user_id: userId, identity_id: identityId, unlinked: true };
  }
}
