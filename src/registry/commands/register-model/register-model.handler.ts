import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Models, newModelId } from '../../model/models.js';
import { brought, modelName } from '../../rules.js';
import { modelView } from '../../view.js';
import { RegisterModel, RegisterModelResult } from './register-model.command.js';

@CommandHandler(RegisterModel)
export class RegisterModelHandler implements ICommandHandler<RegisterModel> {
  constructor(private readonly models: Models) {}

  /** First the name, then the model: two streams, so each step can be taken again. */
  async execute({ context, input }: RegisterModel): Promise<RegisterModelResult> {
    const name = modelName(input.name);
    const asked = { type: 'register' as const, ...brought(input) };
    const fresh = newModelId(context);
    const modelId = await this.models.reserve(name, fresh, context);
    const known = await this.models.load(modelId);
    const repeated = context.idempotencyKey !== undefined && modelId === fresh && known.status === 'active';
    const { state } = repeated ? { state: known } : await this.models.decideOn(modelId, name, asked, context);
    return { modelId, model: modelView(name, state) };
  }
}
