import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CreateVersionController } from './commands/create-version/create-version.controller.js';
import { CreateModelVersionHandler } from './commands/create-version/create-version.handler.js';
import { DeleteController } from './commands/delete/delete.controller.js';
import { DeleteModelHandler, DeleteModelVersionHandler } from './commands/delete/delete.handlers.js';
import { DescribeController } from './commands/describe/describe.controller.js';
import { DescribeModelHandler, DescribeModelVersionHandler } from './commands/describe/describe.handlers.js';
import { RegisterModelController } from './commands/register-model/register-model.controller.js';
import { RegisterModelHandler } from './commands/register-model/register-model.handler.js';
import { RenameModelController } from './commands/rename-model/rename-model.controller.js';
import { RenameModelHandler } from './commands/rename-model/rename-model.handler.js';
import { RollBackController } from './commands/roll-back/roll-back.controller.js';
import { RollBackHandler } from './commands/roll-back/roll-back.handler.js';
import { RegistryTagsController } from './commands/tags/tags.controller.js';
import { DeleteRegistryTagHandler, SetRegistryTagHandler } from './commands/tags/tags.handlers.js';
import { TransitionStageController } from './commands/transition-stage/transition-stage.controller.js';
import { TransitionStageHandler } from './commands/transition-stage/transition-stage.handler.js';
import { Models } from './model/models.js';
import { ModelReader } from './model/reader.js';
import { ModelsController } from './queries/models/models.controller.js';
import {
  GetLatestVersionsHandler,
  GetRegisteredModelHandler,
  SearchRegisteredModelsHandler,
} from './queries/models/query.js';
import { GetModelVersionHandler, SearchModelVersionsHandler } from './queries/versions/query.js';
import { VersionArtifactController } from './queries/version-artifact/version-artifact.controller.js';
import { VersionsController } from './queries/versions/versions.controller.js';

/** Registering models and versions, and reading them from the log: enough for a worker. */
@Module({
  imports: [CqrsModule],
  providers: [Models, ModelReader, RegisterModelHandler, CreateModelVersionHandler],
  exports: [Models, ModelReader],
})
export class RegistryCoreModule {}

/** The whole room. Moves between stages need an AccessPolicy, so they are not in the core. */
@Module({
  imports: [CqrsModule, RegistryCoreModule],
  providers: [
    RenameModelHandler,
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
    SearchModelVersionsHandler,
  ],
  controllers: [
    RegisterModelController,
    RenameModelController,
    DescribeController,
    DeleteController,
    RegistryTagsController,
    CreateVersionController,
    TransitionStageController,
    RollBackController,
    ModelsController,
    VersionsController,
    VersionArtifactController,
  ],
  exports: [RegistryCoreModule],
})
export class RegistryModule {}
