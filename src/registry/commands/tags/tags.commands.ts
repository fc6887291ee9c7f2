import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';

interface Tagged {
  readonly name: string;
  /** A version's tag; without it the model's own. */
  readonly version?: number;
  readonly key: string;
}

export class SetRegistryTag extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: Tagged & { readonly value: string },
  ) {
    super();
  }
}

export class DeleteRegistryTag extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: Tagged,
  ) {
    super();
  }
}
