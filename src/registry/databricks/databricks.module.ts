import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CommentVersionHandler, DeleteCommentHandler, EditCommentHandler } from '../comment/comment.handlers.js';
import { Comments } from '../comment/comments.js';
import { ActivitiesController } from '../queries/activities/activities.controller.js';
import { ListActivitiesHandler } from '../queries/activities/query.js';
import { RegistryCoreModule } from '../registry-core.module.js';
import { CommentsController } from './comments.controller.js';
import { DatabricksModelsController } from './databricks-models.controller.js';
import { TransitionRequests } from './transition-requests.js';
import { TransitionRequestsController } from './transition-requests.controller.js';

/** The registry with the paths and fields that Databricks' client has beside MLflow's. */
@Module({
  imports: [CqrsModule, RegistryCoreModule],
  providers: [
    Comments,
    CommentVersionHandler,
    EditCommentHandler,
    DeleteCommentHandler,
    TransitionRequests,
    ListActivitiesHandler,
  ],
  controllers: [TransitionRequestsController, CommentsController, DatabricksModelsController, ActivitiesController],
})
export class DatabricksModule {}
