import { Injectable, Logger } from '@nestjs/common';
import { CommandContext, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { userDecider, userStream } from '../user/decide.js';
import { AccessTrail } from './access-trail.js';

/**
 * What follows repeated wrong passwords: the account is locked, and those who watch the server are told.
 * A login that nobody has is written down in the same way, so that both take one more write.
 */
@Injectable()
export class SignInLocks {
  private readonly logger = new Logger(SignInLocks.name);

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly trail: AccessTrail,
  ) {}

  async guessed(context: CommandContext, userId: UserId | undefined, failures: number): Promise<void> {
    this.logger.warn({ alert: 'sign-in-guessed', userId, failures, requestId: context.origin.requestId });
    if (userId === undefined) return this.trail.unknownLoginProbed(context, failures);
    const command = { type: 'LockSignIn' as const, failures, now: context.now };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
  }
}
