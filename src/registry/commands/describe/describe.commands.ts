import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { ModelView, VersionView } from '../../view.js';

export class DescribeModel extends Command<ModelView> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly description: string },
  ) {
    super();
  }
}

export class DescribeModelVersion extends Command<VersionView> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly version: number; readonly description: string },
  ) {
    super();
  }
}
