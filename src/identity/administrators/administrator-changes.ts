import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, UserId } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { Action } from '../../http/index.js';
import { DecisionMaker, Written } from '../../ledger/index.js';
import { recordingDenial } from '../access/recorded-denial.js';
import { userResource } from '../user/resource.js';
import { directoryDecider, USER_DIRECTORY } from '../directory/directory.js';
import { Identities } from '../oidc/identities.js';
import { Accounts } from '../user/accounts.js';
import { NOT_RELEASED, UserCommand, userDecider, userStream } from '../user/decide.js';
import { Account, isAdministrator, User, UserEvent } from '../user/events.js';
import { ADMINISTRATORS, administratorsDecider, isReleased, Tenure } from './decide.js';

const ATTEMPTS = 8;
const AT_ONCE = 64;

/** The command, allowed to end this tenure or none. */
type Make = (released?: number) => UserCommand;

/**
 * Changes that may take an administrator away: released first (`decide.ts`), then done. A crash between the
 * two leaves an administrator who does not count as one that stays; the same change again completes it.
 */
@Injectable()
export class AdministratorChanges {
  constructor(
    private readonly accounts: Accounts,
    private readonly identities: Identities,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  /** @throws denied, recorded, when nobody else would stay */
  async decide(
    userId: UserId,
    make: Make,
    context: CommandContext,
    action: Action = 'user:write',
  ): Promise<Written<UserEvent, User>> {
    for (let attempt = 1; ; attempt++) {
      const { user } = await this.accounts.load(userId);
      const released = endsTenure(make, user) ? await this.release(user, context, action) : undefined;
      try {
        const decided = this.decisions.decide(userDecider, userStream(userId), make(released), context);
        return await recordingDenial(decided, this.policy, context, { resource: userResource({ userId }), action });
      } catch (error) {
        // They lost the role and got it again, or got it, since the account was read.
        if (attempt === ATTEMPTS || !(error instanceof CustodyError && error.code === NOT_RELEASED)) throw error;
      }
    }
  }

  /** Whether nobody else would stay. It may be otherwise a moment later: `decide` asks again. */
  async isLast(user: User): Promise<boolean> {
    return isAdministrator(user) && (await this.stayingBut(user.userId)).length === 0;
  }

  private async release({ userId, tenure }: Account, context: CommandContext, action: Action): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const others = await this.stayingBut(userId);
      const command = { type: 'Release' as const, userId, tenure, others };
      try {
        await this.decisions.decide(administratorsDecider, ADMINISTRATORS, command, context);
        return tenure;
      } catch (error) {
        if (!(error instanceof CustodyError && error.kind === 'denied')) throw error;
        // Those that were found may have been released meanwhile; there may be more.
        if (others.length > 0 && attempt < ATTEMPTS) continue;
        const { code, message } = error;
        await this.policy.refuse(context, { action, code, message, resource: { kind: 'user', id: userId } });
      }
    }
  }

  /** Some of the others who are administrators and not released, from the log; none when there are none. */
  private async stayingBut(userId: UserId): Promise<readonly Tenure[]> {
    const { state: released } = await this.decisions.load(administratorsDecider, ADMINISTRATORS);
    const { state: directory } = await this.decisions.load(directoryDecider, USER_DIRECTORY);
    const ids = [...new Set(directory.names.values())].filter((id) => id !== userId);
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const loaded = await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => this.accounts.load(id)));
      const others = loaded
        .map(({ user }) => user)
        .filter(isAdministrator)
        .filter((user) => !isReleased(released, user));
      const staying = await this.whoCanSignIn(others);
      if (staying.length > 0) return staying.map(({ userId: id, tenure }) => ({ userId: id, tenure }));
    }
    return [];
  }

  /** An administrator whom the directory made, without a password and unknown to the provider, helps nobody. */
  private async whoCanSignIn(accounts: readonly Account[]): Promise<readonly Account[]> {
    const can = await Promise.all(
      accounts.map(
        async ({ userId, password }) => password !== undefined || (await this.identities.of(userId)).length > 0,
      ),
    );
    return accounts.filter((_, index) => can[index]);
  }
}

function endsTenure(make: Make, user: User): user is Account {
  const decision = userDecider.decide(make(), user);
  return !decision.ok && decision.refusal.code === NOT_RELEASED;
}
