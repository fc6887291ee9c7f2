import { Injectable } from '@nestjs/common';
import { CommandContext, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { Alerts } from '../alerts/alerts.js';
import { userDecider, userStream } from '../user/decide.js';
import { AccessTrail } from './access-trail.js';

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
    const alert = userId === undefined ? 'unknown-login-guessed' : 'sign-in-locked';
    // Before the lock: a crash in between leaves an alert too many, not one too few.
    await this.alerts.raise(context, { alert, ...(userId === undefined ? {} : { userId }), count: failures });
    this.trail.saw(context);
    if (userId === undefined) return this.trail.unknownLoginProbed(context, failures);
    const command = { type: 'LockSignIn' as const, failures, now: context.now };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
    this.trail.saw(context);
  }
}
