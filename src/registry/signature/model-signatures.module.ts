import { DynamicModule, Module } from '@nestjs/common';
import { ArtifactsCoreModule } from '../../artifacts/index.js';
import { RegistryCoreModule } from '../registry-core.module.js';
import { MODEL_SIGNING_KEY, ModelSignatures } from './model-signatures.js';
import { ModelSignatureController } from './signature.controller.js';
import { SignModelVersions } from './sign-model-versions.js';
import { ModelSigningKey } from './signing-key.js';

@Module({})
export class ModelSignaturesModule {
  static forRoot(key: ModelSigningKey): DynamicModule {
    return {
      module: ModelSignaturesModule,
      imports: [RegistryCoreModule, ArtifactsCoreModule],
      providers: [{ provide: MODEL_SIGNING_KEY, useValue: key }, ModelSignatures, SignModelVersions],
      controllers: [ModelSignatureController],
    };
  }
}
