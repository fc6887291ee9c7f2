import { Injectable } from '@nestjs/common';
import { CommandContext, errors, PersonalData, UserId } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { Action } from '../../http/index.js';
import { normalizeLogin } from '../directory/login-name.js';
import { Accounts } from '../user/accounts.js';
import { Account } from '../user/events.js';

export interface MlflowUser {
  readonly id: number;
  readonly username: string;
  readonly is_admin: boolean;
}

/** Accounts by their login, as MLflow's calls name them. One that is disabled is one that MLflow has deleted. */
@Injectable()
export class MlflowAccounts {
  constructor(
    private readonly accounts: Accounts,
    private readonly personal: PersonalData,
    private readonly policy: AccessPolicy,
  ) {}

  /** @throws CustodyError kind `not-found` */
  async find(username: string): Promise<Account> {
    const userId = await this.accounts.idOf(normalizeLogin(username));
    const user = userId === undefined ? undefined : (await this.accounts.load(userId)).user;
    if (user === undefined || user.status === 'absent' || user.status === 'disabled')
      throw errors.notFound('user-not-found', `User with username=${username.slice(0, 128)} not found`, 'username');
    return user;
  }

  /** Whoever asks, by the id that they signed in with. */
  async self({ actor }: CommandContext): Promise<Account> {
    const { user } = await this.accounts.load(actor.id);
    if (user.status === 'absent')
      throw errors.notFound('user-not-found', 'whoever asks has no account: this server is open', 'username');
    return user;
  }

  /**
   * Oneself, or with the right. What is denied is denied before it is known whether there is such an account.
   * @throws CustodyError kind `denied`, or kind `not-found`
   */
  async selfOr(action: Action, context: CommandContext, username: string): Promise<Account> {
    const userId = await this.accounts.idOf(normalizeLogin(username));
    if (userId !== context.actor.id)
      await this.policy.assert(context, action, { kind: 'user', id: userId ?? 'unknown' });
    return this.find(username);
  }

  async wire({ userId, login, roles }: Account): Promise<MlflowUser> {
    const username = this.personal.unseal(login) ?? '[erased]';
    return { id: await this.accounts.numberOf(userId), username, is_admin: roles.includes('admin') };
  }

  numberOf(userId: UserId): Promise<number> {
    return this.accounts.numberOf(userId);
  }
}

/** MLflow's calls carry no reason, and the trail must not look as if somebody had given one. */
export const reasoned = (context: CommandContext, call: string): CommandContext =>
  context.reason === undefined
    ? { ...context, reason: `none given: asked for by MLflow's call ${call}, which carries none` }
    : context;
