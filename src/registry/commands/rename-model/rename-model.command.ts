import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { ModelView } from '../../view.js';

export class RenameModel extends Command<ModelView> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly newName: string },
  ) {
    super();
  }
}
