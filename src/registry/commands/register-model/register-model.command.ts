import { Command } from '@nestjs/cqrs';
import { CommandContext, ModelId } from '../../../core/index.js';
import { ModelView } from '../../view.js';

export interface RegisterModelInput {
  readonly name: string;
  readonly description?: string;
  readonly tags?: readonly { readonly key: string; readonly value?: string }[];
}

export interface RegisterModelResult {
  readonly modelId: ModelId;
  readonly model: ModelView;
}

export class RegisterModel extends Command<RegisterModelResult> {
  constructor(
    readonly context: CommandContext,
    readonly input: RegisterModelInput,
  ) {
    super();
  }
}
