import { Body, Controller, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { errors } from '../../core/index.js';
import type { CommandContext, UserId } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { normalizeLogin } from '../directory/login-name.js';
import { Accounts } from '../user/accounts.js';
import { noAccount } from '../user/no-account.js';
import { userIdOf } from '../user/user-id.js';
import { RequestErasureRequest } from './erasures.request.js';
import { RequestErasure } from './request-erasure.js';

@ApiTags('records')
@Controller(`${CUSTODY_API}/erasures`)
export class ErasuresController {
  constructor(
    private readonly commands: CommandBus,
    private readonly accounts: Accounts,
  ) {}

  /** Asks for the approval of erasing a person. An open request for the same person is answered again. */
  @Post()
  @Requires('erasure:request')
  async request(@Caller() caller: CommandContext, @Body() request: RequestErasureRequest): Promise<object> {
    const userId = await this.personOf(request);
    const context = { ...caller, reason: request.reason };
    const { approvalId, number, state, digest } = await this.commands.execute(new RequestErasure(context, userId));
    return { approval_id: approvalId, number, state, digest, user_id: userId };
  }

  private async personOf({ user_id, login }: RequestErasureRequest): Promise<UserId> {
    if ((user_id === undefined) === (login === undefined))
      throw errors.invalid('subject-unclear', 'give the person by user_id or by login, and not by both', 'user_id');
    if (user_id !== undefined) return userIdOf(user_id);
    const found = await this.accounts.idOf(normalizeLogin(login!));
    if (found === undefined) throw noAccount();
    return found;
  }
}
