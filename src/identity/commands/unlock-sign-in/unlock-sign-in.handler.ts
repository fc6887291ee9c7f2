import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { DecisionMaker } from '../../../ledger/index.js';
import { userDecider, userStream } from '../../user/decide.js';
import { UnlockSignIn } from './unlock-sign-in.command.js';

@CommandHandler(UnlockSignIn)
export class UnlockSignInHandler implements ICommandHandler<UnlockSignIn> {
  constructor(private readonly decisions: DecisionMaker) {}

  async execute({ context, input: { userId } }: UnlockSignIn): Promise<void> {
    const command = { type: 'UnlockSignIn' as const, now: context.now };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
  }
}
