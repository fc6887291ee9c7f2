import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';

/** Gives the alias to a version; whichever had it loses it. */
export class SetModelAlias extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly alias: string; readonly version: number },
  ) {
    super();
  }
}

export class DeleteModelAlias extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly alias: string },
  ) {
    super();
  }
}
