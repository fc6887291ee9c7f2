import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../../http/index.js';
import { GetMe } from './query.js';

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/users`)
export class MeController {
  constructor(private readonly queries: QueryBus) {}

  @Get('me')
  @Requires('self:read')
  async me(@Caller() { actor }: CommandContext) {
    const { login, displayName } = await this.queries.execute(new GetMe(actor));
    const { id, kind, roles, via, verified = true } = actor;
    return { user_id: id, kind, login, display_name: displayName, roles, via, verified };
  }
}
