import { DynamicModule, Global, Module } from '@nestjs/common';
import { ApprovableKinds } from '../approvals/index.js';
import { ArtifactsCoreModule } from '../artifacts/index.js';
import { PersonDirectory } from '../audit/index.js';
import { Places } from '../http/index.js';
import { People } from '../identity/index.js';
import { CaughtUp, PoliciesCoreModule, PublishedPolicies } from '../policies/index.js';
import { ReadModels } from '../projection/index.js';
import { LoggedModels, PromotionRules, RegistryCoreModule } from '../registry/index.js';
import { Predictor } from '../serving/index.js';
import { ForestPredictor } from './forest-predictor.js';
import { PlacesOfTargets } from './places-of-targets.js';
import { CaughtUpWithLog } from './projection/caught-up-with-log.js';
import { ProjectionHost } from './projection/projection-host.js';
import { TrackedModels } from './tracked-models.js';

/** The ports that a room declares and another room, or the app, fills: the arrows between rooms stay one way. */
@Global()
@Module({})
export class WiringModule {
  static forServer({
    projections,
    readModels,
  }: {
    projections: ProjectionHost;
    readModels: ReadModels;
  }): DynamicModule {
    const providers = [
      { provide: ProjectionHost, useValue: projections },
      { provide: ReadModels, useValue: readModels },
      { provide: Predictor, useClass: ForestPredictor },
      { provide: PersonDirectory, useClass: People },
      { provide: LoggedModels, useClass: TrackedModels },
      ApprovableKinds,
      { provide: CaughtUp, useClass: CaughtUpWithLog },
      { provide: PromotionRules, useExisting: PublishedPolicies },
      { provide: Places, useClass: PlacesOfTargets },
    ];
    return {
      module: WiringModule,
      imports: [ArtifactsCoreModule, RegistryCoreModule, PoliciesCoreModule],
      providers,
      exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)),
    };
  }
}
