import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError, derivedId, microsToMillis, uuidv7 } from '../../core/index.js';
import { noVersion } from '../model/command.js';
import { Models } from '../model/models.js';
import { CommentVersion, DeleteComment, EditComment } from './comment.commands.js';
import { Comments } from './comments.js';
import { VersionComment } from './events.js';

@CommandHandler(CommentVersion)
export class CommentVersionHandler implements ICommandHandler<CommentVersion> {
  constructor(
    private readonly models: Models,
    private readonly comments: Comments,
  ) {}

  async execute({ context, input: { name, version, comment } }: CommentVersion): Promise<VersionComment> {
    const modelId = await this.models.find(name);
    if (!(await this.models.load(modelId)).versions.has(version))
      throw new CustodyError(noVersion({ name, version }).refusal);
    const { actor, idempotencyKey, now } = context;
    const commentId = `cm-${idempotencyKey === undefined ? uuidv7() : derivedId('comment', idempotencyKey)}`;
    const said = { commentId, modelId, name, version, comment, author: actor.id, at: microsToMillis(now) };
    return this.comments.decide(commentId, { type: 'say', ...said }, context);
  }
}

@CommandHandler(EditComment)
export class EditCommentHandler implements ICommandHandler<EditComment> {
  constructor(private readonly comments: Comments) {}

  async execute({ context, input: { commentId, comment } }: EditComment): Promise<VersionComment> {
    await this.comments.find(commentId);
    const { actor, now } = context;
    const command = { type: 'edit', by: actor.id, comment, at: microsToMillis(now) } as const;
    return this.comments.decide(commentId, command, context);
  }
}

@CommandHandler(DeleteComment)
export class DeleteCommentHandler implements ICommandHandler<DeleteComment> {
  constructor(private readonly comments: Comments) {}

  async execute({ context, input: { commentId } }: DeleteComment): Promise<void> {
    await this.comments.find(commentId);
    const { actor, now } = context;
    await this.comments.decide(commentId, { type: 'delete', by: actor.id, at: microsToMillis(now) }, context);
  }
}
