import { BadRequestException, Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { CustodyError, errors } from '../../core/index.js';
import type { CommandContext, Role } from '../../core/index.js';
import { Caller, MLFLOW, Requires } from '../../http/index.js';
import { WithOneTimePassword } from '../access/one-time-password.js';
import { ChangeRoles } from '../commands/change-roles/change-roles.command.js';
import { CreateUser } from '../commands/create-user/create-user.command.js';
import { DisableUser } from '../commands/disable-user/disable-user.command.js';
import { ChangePassword, ResetPassword } from '../commands/passwords/passwords.commands.js';
import { MlflowAccounts, reasoned } from './mlflow-accounts.js';
import { CreateUserRequest, UpdateAdminRequest, UpdatePasswordRequest, UserRequest } from './requests.js';

/** MLflow's calls for users: what `AuthServiceClient` sends, for Custody's accounts. */
@ApiTags('mlflow users')
@Controller(MLFLOW)
export class MlflowUsersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly accounts: MlflowAccounts,
  ) {}

  /** The password that somebody else chose is good for one thing: setting one's own. */
  @Post('users/create')
  @HttpCode(200)
  @Requires('user:write')
  async create(@Caller() context: CommandContext, @Body() { username, password }: CreateUserRequest) {
    const account = { login: username, kind: 'person' as const, roles: [], oneTimePassword: password };
    const { login } = await this.commands
      .execute(new CreateUser(reasoned(context, 'users/create'), account))
      .catch(inMlflowsWords);
    return { user: await this.accounts.wire(await this.accounts.find(login)) };
  }

  @Get('users/get')
  @Requires('self:read')
  async get(@Caller() context: CommandContext, @Query() { username }: UserRequest) {
    return { user: await this.accounts.wire(await this.accounts.selfOr('user:read', context, username)) };
  }

  @Get('users/current')
  @Requires('self:read')
  async current(@Caller() context: CommandContext) {
    const user = await this.accounts.wire(await this.accounts.self(context));
    return { user, is_basic_auth: context.actor.via === 'password' };
  }

  @Patch('users/update-password')
  @Requires('self:write')
  @WithOneTimePassword()
  async updatePassword(@Caller() context: CommandContext, @Body() body: UpdatePasswordRequest): Promise<object> {
    const { username, password, current_password: current } = body;
    const { userId } = await this.accounts.selfOr('user:write', context, username);
    if (userId !== context.actor.id) {
      const reset = { userId, oneTimePassword: password };
      await this.commands.execute(new ResetPassword(reasoned(context, 'users/update-password'), reset));
      return {};
    }
    if (current === undefined || current === '') {
      const message = 'Current password is required when changing your own password.';
      throw errors.invalid('current-password-required', message, 'current_password');
    }
    await this.commands.execute(new ChangePassword(context, { current, next: password })).catch(inMlflowsWords);
    return {};
  }

  @Patch('users/update-admin')
  @Requires('user:write')
  async updateAdmin(@Caller() context: CommandContext, @Body() body: UpdateAdminRequest): Promise<object> {
    const { userId, roles } = await this.accounts.find(body.username);
    const others = roles.filter((role) => role !== 'admin');
    const to: readonly Role[] = body.is_admin ? [...others, 'admin'] : others;
    await this.commands.execute(new ChangeRoles(reasoned(context, 'users/update-admin'), { userId, roles: to }));
    return {};
  }

  /** Nobody is deleted from a record: the account is disabled, and its login is never given to another. */
  @Delete('users/delete')
  @Requires('user:write')
  async remove(@Caller() context: CommandContext, @Body() { username }: UserRequest): Promise<object> {
    const { userId } = await this.accounts.find(username);
    // MLflow has a code of its own for this one.
    if (userId === context.actor.id)
      throw new BadRequestException('Users cannot delete their own account. Ask another administrator to do it.');
    await this.commands.execute(new DisableUser(reasoned(context, 'users/delete'), { userId }));
    return {};
  }
}

/** Fields by the names that MLflow's calls have for them. A wrong password leaves its denial in the trail either way. */
function inMlflowsWords(error: unknown): never {
  if (!(error instanceof CustodyError)) throw error;
  if (error.code === 'wrong-password')
    throw errors.invalid('wrong-password', 'Current password does not match.', 'current_password');
  const field = error.field === 'login' ? 'username' : error.field === 'new' ? 'password' : error.field;
  // On MLflow's wire an error has no field of its own.
  const message = field === undefined ? error.message : `Invalid value for parameter '${field}': ${error.message}`;
  throw new CustodyError({ kind: error.kind, code: error.code, message, ...(field === undefined ? {} : { field }) });
}
