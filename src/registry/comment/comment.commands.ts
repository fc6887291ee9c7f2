import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../core/index.js';
import { VersionComment } from './events.js';

/** On a version, whether or not anything is requested for it. */
export class CommentVersion extends Command<VersionComment> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly version: number; readonly comment: string },
  ) {
    super();
  }
}

export class EditComment extends Command<VersionComment> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly commentId: string; readonly comment: string },
  ) {
    super();
  }
}

export class DeleteComment extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly commentId: string },
  ) {
    super();
  }
}
