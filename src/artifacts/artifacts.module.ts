import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeleteArtifactsController } from './commands/delete-artifacts/delete-artifacts.controller.js';
import { DeleteArtifactsHandler } from './commands/delete-artifacts/delete-artifacts.handler.js';
import { MultipartUploadController } from './commands/multipart-upload/multipart-upload.controller.js';
import {
  AbortUploadHandler,
  BeginUploadHandler,
  CompleteUploadHandler,
} from './commands/multipart-upload/multipart-upload.handlers.js';
import { OwnUploads } from './commands/multipart-upload/own-uploads.js';
import { StoreArtifactController } from './commands/store-artifact/store-artifact.controller.js';
import { StoreArtifactHandler } from './commands/store-artifact/store-artifact.handler.js';
import {
  ArtifactVersionsController,
  ListArtifactsController,
  ListProxiedArtifactsController,
} from './queries/artifact-list/artifact-list.controller.js';
import {
  ListArtifactsHandler,
  ListArtifactVersionsHandler,
  ListSealedArtifactsHandler,
} from './queries/artifact-list/query.js';
import { GetArtifactController, OpenArtifactController } from './queries/open-artifact/open-artifact.controller.js';
import { PresignedUrlsController, ProxiedPresignedUrlsController } from './queries/presigned/presigned.controller.js';
import { ArtifactReader, OpenArtifactHandler } from './queries/open-artifact/query.js';
import { SealedArtifacts } from './seal/sealed-artifacts.js';

/** Storing, sealing and reading files from the log alone; enough for a worker. */
@Module({
  imports: [CqrsModule],
  providers: [StoreArtifactHandler, SealedArtifacts, ArtifactReader, OpenArtifactHandler],
  exports: [ArtifactReader, SealedArtifacts],
})
export class ArtifactsCoreModule {}

@Module({
  imports: [CqrsModule, ArtifactsCoreModule],
  providers: [
    DeleteArtifactsHandler,
    OwnUploads,
    BeginUploadHandler,
    CompleteUploadHandler,
    AbortUploadHandler,
    ListArtifactsHandler,
    ListArtifactVersionsHandler,
    ListSealedArtifactsHandler,
  ],
  // The list comes before the download: both begin with `artifacts`.
  controllers: [
    ListArtifactsController,
    ListProxiedArtifactsController,
    OpenArtifactController,
    GetArtifactController,
    StoreArtifactController,
    DeleteArtifactsController,
    MultipartUploadController,
    ArtifactVersionsController,
    PresignedUrlsController,
    ProxiedPresignedUrlsController,
  ],
  exports: [ArtifactsCoreModule],
})
export class ArtifactsModule {}
