import { Injectable } from '@nestjs/common';
import { CommandContext, UserId } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { Accounts } from '../user/accounts.js';
import { Account } from '../user/events.js';
import { standingFailure } from './decide.js';
import { Matter } from './events.js';
import { FailedSignings } from './failed-signings.js';

/** Whose signature is asked for: always that of whoever asks, and of a person with an account that is active. */
@Injectable()
export class Signatories {
  constructor(
    private readonly accounts: Accounts,
    private readonly policy: AccessPolicy,
    private readonly failures: FailedSignings,
  ) {}

  /** @throws CustodyError kind `denied`, recorded */
  async of(context: CommandContext, matter?: Matter): Promise<Account> {
    const { actor } = context;
    const { user } = await this.accounts.load(actor.id);
    const isSomebody = actor.verified !== false && actor.onBehalfOf === undefined && actor.kind !== 'system';
    if (!isSomebody || user.status === 'absent') return this.refuseNobody(context, actor.id);
    const why = standingFailure(user);
    if (why !== undefined) return this.failures.refuse(context, { userId: user.userId, why, matter });
    return user;
  }

  /** They have no stream that it could be written on; the trail has it all the same. */
  private refuseNobody(context: CommandContext, id: UserId): Promise<never> {
    const message = 'a signature is a person’s whom this server knows: sign in with an account of your own';
    const resource = { kind: 'user', id };
    return this.policy.refuse(context, { action: 'self:write', code: 'signature-refused', message, resource });
  }
}
