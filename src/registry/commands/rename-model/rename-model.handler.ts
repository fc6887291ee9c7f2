import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { microsToMillis } from '../../../core/index.js';
import { Models } from '../../model/models.js';
import { modelName } from '../../rules.js';
import { ModelView, modelView } from '../../view.js';
import { RenameModel } from './rename-model.command.js';

@CommandHandler(RenameModel)
export class RenameModelHandler implements ICommandHandler<RenameModel> {
  constructor(private readonly models: Models) {}

  async execute({ context, input: { name, newName } }: RenameModel): Promise<ModelView> {
    const modelId = await this.models.rename(name, modelName(newName, 'new_name'), context);
    const model = await this.models.load(modelId);
    const updatedAt = newName === name ? model.updatedAt : microsToMillis(context.now);
    return { ...modelView(newName, model), updatedAt };
  }
}
