import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { modelResource, versionResource } from '../../model/catalogue.js';
import { Models } from '../../model/models.js';
import { Promoting } from '../../model/promoting.js';
import { DeleteModel, DeleteModelVersion } from './delete.commands.js';

@CommandHandler(DeleteModel)
export class DeleteModelHandler implements ICommandHandler<DeleteModel> {
  constructor(
    private readonly models: Models,
    private readonly promoting: Promoting,
  ) {}

  /** A crash after the first step leaves the name with a deleted model; whoever wants it next frees it. */
  async execute({ context, input: { name } }: DeleteModel): Promise<void> {
    const modelId = await this.models.find(name);
    await this.promoting.deleting(context, modelResource({ modelId, name }), name, () =>
      this.models.decideOn(modelId, name, { type: 'delete' }, context),
    );
    await this.models.release(name, modelId, context);
  }
}

@CommandHandler(DeleteModelVersion)
export class DeleteModelVersionHandler implements ICommandHandler<DeleteModelVersion> {
  constructor(
    private readonly models: Models,
    private readonly promoting: Promoting,
  ) {}

  async execute({ context, input: { name, version } }: DeleteModelVersion): Promise<void> {
    const modelId = await this.models.find(name);
    await this.promoting.deleting(context, versionResource({ modelId, name, version }), name, () =>
      this.models.decideOn(modelId, name, { type: 'delete-version', version }, context),
    );
  }
}
