import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';

/** Takes a model out of the registry; its events stay, its name becomes free. */
export class DeleteModel extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string },
  ) {
    super();
  }
}

export class DeleteModelVersion extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly version: number },
  ) {
    super();
  }
}
