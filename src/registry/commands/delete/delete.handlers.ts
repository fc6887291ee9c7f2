import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Models } from '../../model/models.js';
import { DeleteModel, DeleteModelVersion } from './delete.commands.js';

@CommandHandler(DeleteModel)
export class DeleteModelHandler implements ICommandHandler<DeleteModel> {
  constructor(private readonly models: Models) {}

  /** A crash after the first step leaves the name with a deleted model; whoever wants it next frees it. */
  async execute({ context, input: { name } }: DeleteModel): Promise<void> {
    const modelId = await this.models.find(name);
    await this.models.decideOn(modelId, name, { type: 'delete' }, context);
    await this.models.release(name, modelId, context);
  }
}

@CommandHandler(DeleteModelVersion)
export class DeleteModelVersionHandler implements ICommandHandler<DeleteModelVersion> {
  constructor(private readonly models: Models) {}

  async execute({ context, input: { name, version } }: DeleteModelVersion): Promise<void> {
    await this.models.decide(name, { type: 'delete-version', version }, context);
  }
}
