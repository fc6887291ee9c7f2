import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { DecisionMaker } from '../../../ledger/index.js';
import { userDecider, userStream } from '../../user/decide.js';
import { DisableUser } from './disable-user.command.js';

@CommandHandler(DisableUser)
export class DisableUserHandler implements ICommandHandler<DisableUser> {
  constructor(private readonly decisions: DecisionMaker) {}

  async execute({ context, input: { userId } }: DisableUser): Promise<void> {
    await this.decisions.decide(
      userDecider,
      userStream(userId),
      { type: 'DisableUser', by: context.actor.id },
      context,
    );
  }
}
