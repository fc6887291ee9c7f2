import { Injectable } from '@nestjs/common';
import { CommandContext, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { Alerts } from '../alerts/alerts.js';
import { isLocked, userDecider, userStream } from '../user/decide.js';
import { AccessTrail } from './access-trail.js';

/** The next lock of an account that was locked so often before. */
export const lockOf = (userId: UserId, before = 0): string => `${userId}/${before + 1}`;

/**
 * What follows repeated wrong passwords: the account is locked, and those who watch the server are told.
 * A login that nobody has is written down in the same way, so that both take one more write.
 */
@Injectable()
export class SignInLocks {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly trail: AccessTrail,
    private readonly alerts: Alerts,
  ) {}

  async guessed(context: CommandContext, userId: UserId | undefined, failures: number): Promise<void> {
    if (userId === undefined) {
      await this.alerts.raise(context, { alert: 'unknown-login-guessed', count: failures });
      this.trail.saw(context);
      return this.trail.unknownLoginProbed(context, failures);
    }
    const { state: user } = await this.decisions.load(userDecider, userStream(userId));
    if (user.status === 'absent' || isLocked(user, context.now)) return;
    // Before the lock: a crash in between leaves an alert too early, not one too few. Several may come here at once,
    // in several processes: the number of the lock makes their alerts one.
    const alert = { alert: 'sign-in-locked' as const, userId, count: failures };
    await this.alerts.raise(context, alert, lockOf(userId, user.locks));
    this.trail.saw(context);
    const command = { type: 'LockSignIn' as const, failures, now: context.now };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
    this.trail.saw(context);
  }
}
