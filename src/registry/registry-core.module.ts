import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ArtifactsCoreModule } from '../artifacts/index.js';
import { CreateModelVersionHandler } from './commands/create-version/create-version.handler.js';
import { RegisterModelHandler } from './commands/register-model/register-model.handler.js';
import { Models } from './model/models.js';
import { ModelHistory } from './model/model-history.js';
import { ModelReader } from './model/reader.js';
import { Sources } from './model/sources.js';

/** Registering models and versions, and reading them from the log: enough for a worker. */
@Module({
  imports: [CqrsModule, ArtifactsCoreModule],
  providers: [Models, ModelReader, ModelHistory, Sources, RegisterModelHandler, CreateModelVersionHandler],
  exports: [Models, ModelReader, ModelHistory, Sources],
})
export class RegistryCoreModule {}
