import { Optional } from '@nestjs/common';
import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, microsToMillis, ModelId } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/index.js';
import { NoPromotionRules, PromotionRules } from '../../approval/promotion-rules.js';
import { modelResource } from '../../model/catalogue.js';
import { inProductionUse } from '../../model/decide-alias.js';
import { Models } from '../../model/models.js';
import { Promoting } from '../../model/promoting.js';
import { modelName } from '../../rules.js';
import { ModelView, modelView } from '../../view.js';
import { RenameModel } from './rename-model.command.js';

@CommandHandler(RenameModel)
export class RenameModelHandler implements ICommandHandler<RenameModel> {
  private readonly rules: PromotionRules;

  constructor(
    private readonly models: Models,
    private readonly promoting: Promoting,
    private readonly access: AccessPolicy,
    @Optional() rules?: PromotionRules,
  ) {
    this.rules = rules ?? new NoPromotionRules();
  }

  /** Deployments load by name, so a name that is in production use moves by the right to promote only. */
  async execute({ context, input: { name, newName: text } }: RenameModel): Promise<ModelView> {
    const newName = modelName(text, 'new_name');
    const found = await this.models.find(name);
    if (newName !== name && inProductionUse(await this.models.load(found))) {
      await this.promoting.assert(context, modelResource({ modelId: found, name }), name);
    }
    if (newName !== name) await this.sameReach(context, { modelId: found, name }, newName);
    const modelId = await this.models.rename(name, newName, context);
    const view = modelView(newName, await this.models.load(modelId));
    if (newName === name) return view;
    const updatedAt = microsToMillis(context.now);
    return { ...view, updatedAt, latestVersions: view.latestVersions.map((version) => ({ ...version, updatedAt })) };
  }

  /** Policies go by name: a model that took another name to leave one behind would have gone round every approval. */
  private async sameReach(
    context: CommandContext,
    model: { readonly modelId: ModelId; readonly name: string },
    newName: string,
  ): Promise<void> {
    const [before, after] = await Promise.all([this.rules.inForceFor(model.name), this.rules.inForceFor(newName)]);
    const left = before.filter((policy) => !after.includes(policy));
    const entered = after.filter((policy) => !before.includes(policy));
    if (left.length === 0 && entered.length === 0) return;
    const moves = [
      ...(left.length > 0 ? [`out of the reach of ${left.join(', ')}`] : []),
      ...(entered.length > 0 ? [`into the reach of ${entered.join(', ')}`] : []),
    ];
    const message =
      `renaming ${model.name} to ${newName} would move it ${moves.join(' and ')}: have a version of the policy approved ` +
      'whose models cover both names (custody policy publish), and rename it then; or register another model';
    await this.access.refuse(context, {
      action: 'model:write',
      code: 'rename-changes-policy',
      message,
      resource: modelResource(model),
      field: 'new_name',
    });
  }
}
