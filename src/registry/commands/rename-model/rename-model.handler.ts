import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { microsToMillis } from '../../../core/index.js';
import { modelResource } from '../../model/catalogue.js';
import { inProductionUse } from '../../model/decide-alias.js';
import { Models } from '../../model/models.js';
import { Promoting } from '../../model/promoting.js';
import { modelName } from '../../rules.js';
import { ModelView, modelView } from '../../view.js';
import { RenameModel } from './rename-model.command.js';

@CommandHandler(RenameModel)
export class RenameModelHandler implements ICommandHandler<RenameModel> {
  constructor(
    private readonly models: Models,
    private readonly promoting: Promoting,
  ) {}

  /** Deployments load by name, so a name that is in production use moves by the right to promote only. */
  async execute({ context, input: { name, newName: text } }: RenameModel): Promise<ModelView> {
    const newName = modelName(text, 'new_name');
    const found = await this.models.find(name);
    if (newName !== name && inProductionUse(await this.models.load(found))) {
      await this.promoting.assert(context, modelResource({ modelId: found, name }), name);
    }
    const modelId = await this.models.rename(name, newName, context);
    const view = modelView(newName, await this.models.load(modelId));
    if (newName === name) return view;
    const updatedAt = microsToMillis(context.now);
    return { ...view, updatedAt, latestVersions: view.latestVersions.map((version) => ({ ...version, updatedAt })) };
  }
}
