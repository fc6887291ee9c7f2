import { Body, Controller, Delete, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../core/index.js';
import { about, Caller, MLFLOW, Requires } from '../../http/index.js';
import { CommentVersion, DeleteComment, EditComment } from '../comment/comment.commands.js';
import { VersionComment } from '../comment/events.js';
import { versionNumber } from '../rules.js';
import { CreateCommentRequest, DeleteCommentRequest, UpdateCommentRequest } from './comments.request.js';

/** Comments on versions, with the paths and fields of Databricks' registry. */
@ApiTags('registry')
@Controller(MLFLOW)
export class CommentsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('comments/create')
  @HttpCode(200)
  @Requires('approval:comment', about.models('name'))
  async create(@Caller() context: CommandContext, @Body() request: CreateCommentRequest): Promise<object> {
    const { name, comment } = request;
    const input = { name, version: versionNumber(request.version), comment };
    return { comment: commentWire(await this.commands.execute(new CommentVersion(context, input))) };
  }

  @Patch('comments/update')
  @Requires('approval:comment')
  async update(
    @Caller() context: CommandContext,
    @Body() { id: commentId, comment }: UpdateCommentRequest,
  ): Promise<object> {
    return { comment: commentWire(await this.commands.execute(new EditComment(context, { commentId, comment }))) };
  }

  @Delete('comments/delete')
  @Requires('approval:comment')
  async remove(@Caller() context: CommandContext, @Query() { id: commentId }: DeleteCommentRequest): Promise<object> {
    await this.commands.execute(new DeleteComment(context, { commentId }));
    return {};
  }
}

const commentWire = ({ commentId, author, comment, createdAt, updatedAt }: VersionComment): object => ({
  id: commentId,
  user_id: author,
  comment,
  creation_timestamp: createdAt,
  last_updated_timestamp: updatedAt,
  available_actions: ['EDIT_COMMENT', 'DELETE_COMMENT'],
});
