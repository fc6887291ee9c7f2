import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Models } from '../../model/models.js';
import { viewAfter } from '../../view.js';
import { RollBack, RolledBackTo } from './roll-back.command.js';

@CommandHandler(RollBack)
export class RollBackHandler implements ICommandHandler<RollBack> {
  constructor(private readonly models: Models) {}

  async execute({ context, input: { name } }: RollBack): Promise<RolledBackTo> {
    const { state, events } = await this.models.decide(name, { type: 'roll-back' }, context);
    const [event] = events;
    if (event?.type !== 'ModelVersionRolledBack') throw new Error('a rollback that was accepted has an event');
    const { version, archived } = event.data;
    return { version: viewAfter(name, state, version), archived };
  }
}
