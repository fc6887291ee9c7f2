import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AliasController } from './commands/alias/alias.controller.js';
import { DeleteModelAliasHandler, SetModelAliasHandler } from './commands/alias/alias.handlers.js';
import { CreateVersionController } from './commands/create-version/create-version.controller.js';
import { DeleteController } from './commands/delete/delete.controller.js';
import { DeleteModelHandler, DeleteModelVersionHandler } from './commands/delete/delete.handlers.js';
import { DescribeController } from './commands/describe/describe.controller.js';
import { DescribeModelHandler, DescribeModelVersionHandler } from './commands/describe/describe.handlers.js';
import { RegisterModelController } from './commands/register-model/register-model.controller.js';
import { RenameModelController } from './commands/rename-model/rename-model.controller.js';
import { RenameModelHandler } from './commands/rename-model/rename-model.handler.js';
import { RollBackController } from './commands/roll-back/roll-back.controller.js';
import { RollBackHandler } from './commands/roll-back/roll-back.handler.js';
import { RegistryTagsController } from './commands/tags/tags.controller.js';
import { DeleteRegistryTagHandler, SetRegistryTagHandler } from './commands/tags/tags.handlers.js';
import { TransitionStageController } from './commands/transition-stage/transition-stage.controller.js';
import { TransitionStageHandler } from './commands/transition-stage/transition-stage.handler.js';
import { Approving } from './approval/approving.js';
import { GovernedTags } from './approval/governed-tags.js';
import { ModelVersionApproval } from './approval/model-version-approval.js';
import { Promoting } from './model/promoting.js';
import { ModelsController } from './queries/models/models.controller.js';
import {
  GetLatestVersionsHandler,
  GetRegisteredModelHandler,
  SearchRegisteredModelsHandler,
} from './queries/models/query.js';
import {
  GetModelVersionByAliasHandler,
  GetModelVersionHandler,
  SearchModelVersionsHandler,
} from './queries/versions/query.js';
import { ModelsMadeOfHandler } from './queries/versions/made-of.js';
import { VersionArtifactController } from './queries/version-artifact/version-artifact.controller.js';
import { VersionsController } from './queries/versions/versions.controller.js';
import { TellApprovalStatus } from './reactors/tell-approval-status.js';
import { OpenRollbackReviews } from './rollback-review/open-rollback-reviews.js';
import { RollbackApproval } from './rollback-review/rollback-approval.js';
import { RegistryCoreModule } from './registry-core.module.js';

/** The whole room. Moves between stages need an AccessPolicy, so they are not in the core. */
@Module({
  imports: [CqrsModule, RegistryCoreModule],
  providers: [
    Promoting,
    Approving,
    GovernedTags,
    ModelVersionApproval,
    TellApprovalStatus,
    RollbackApproval,
    OpenRollbackReviews,
    RenameModelHandler,
    SetModelAliasHandler,
    DeleteModelAliasHandler,
    DescribeModelHandler,
    DescribeModelVersionHandler,
    DeleteModelHandler,
    DeleteModelVersionHandler,
    SetRegistryTagHandler,
    DeleteRegistryTagHandler,
    TransitionStageHandler,
    RollBackHandler,
    GetRegisteredModelHandler,
    SearchRegisteredModelsHandler,
    GetLatestVersionsHandler,
    GetModelVersionHandler,
    GetModelVersionByAliasHandler,
    SearchModelVersionsHandler,
    ModelsMadeOfHandler,
  ],
  controllers: [
    RegisterModelController,
    RenameModelController,
    DescribeController,
    DeleteController,
    RegistryTagsController,
    CreateVersionController,
    TransitionStageController,
    AliasController,
    RollBackController,
    ModelsController,
    VersionsController,
    VersionArtifactController,
  ],
  exports: [RegistryCoreModule],
})
export class RegistryModule {}
