import { DynamicModule, Global, Module } from '@nestjs/common';
import { ArtifactsCoreModule } from '../artifacts/index.js';
import { PeopleNames } from '../approvals/index.js';
import { PersonDirectory } from '../audit/index.js';
import { EventPlaces, EvidenceService } from '../evidence/index.js';
import { Places } from '../http/index.js';
import { KnownPeople, Mailboxes, People, SignedDossiers } from '../identity/index.js';
import { AddressBook, Requests } from '../mail/index.js';
import { CaughtUp, PoliciesCoreModule, PoliciesFirst, PublishedPolicies } from '../policies/index.js';
import { ReadModels } from '../projection/index.js';
import { HeldModels, HoldablePeople } from '../records/index.js';
import {
  LoggedModels,
  Logins,
  Models,
  PromotionRules,
  RegistryCoreModule,
  RunEvidenceReader,
} from '../registry/index.js';
import { Predictor } from '../serving/index.js';
import { ApprovalDossiers } from './approvals/approval-dossiers.js';
import { promotionRulesOf } from './approvals/promotion-rules.js';
import { TrackedRuns } from './approvals/tracked-runs.js';
import { WhoseTurn } from './approvals/whose-turn.js';
import { Settings } from './config/settings.js';
import { EventsByTrail } from './evidence/events-by-trail.js';
import { ForestPredictor } from './forest-predictor.js';
import { ModelsOnHold } from './models-on-hold.js';
import { PeopleByMail } from './people-by-mail.js';
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
    evidence,
    settings,
  }: {
    projections: ProjectionHost;
    readModels: ReadModels;
    evidence: EvidenceService;
    settings: Pick<Settings, 'productionApprovals'>;
  }): DynamicModule {
    const providers = [
      { provide: ProjectionHost, useValue: projections },
      { provide: ReadModels, useValue: readModels },
      { provide: Predictor, useClass: ForestPredictor },
      { provide: PersonDirectory, useClass: People },
      { provide: PeopleNames, useClass: People },
      { provide: LoggedModels, useClass: TrackedModels },
      { provide: Logins, useClass: People },
      { provide: Mailboxes, useClass: Mailboxes },
      { provide: AddressBook, useClass: PeopleByMail },
      { provide: Requests, useClass: WhoseTurn },
      { provide: CaughtUp, useClass: CaughtUpWithLog },
      { provide: RunEvidenceReader, useClass: TrackedRuns },
      {
        provide: PromotionRules,
        useFactory: (policies: PublishedPolicies, models: Models, runs: RunEvidenceReader) =>
          new PoliciesFirst(policies, promotionRulesOf(settings, models, runs)),
        inject: [PublishedPolicies, Models, RunEvidenceReader],
      },
      { provide: SignedDossiers, useClass: ApprovalDossiers },
      { provide: Places, useClass: PlacesOfTargets },
      { provide: HoldablePeople, useClass: KnownPeople },
      { provide: HeldModels, useClass: ModelsOnHold },
      { provide: EvidenceService, useValue: evidence },
      { provide: EventPlaces, useClass: EventsByTrail },
    ];
    return {
      module: WiringModule,
      imports: [ArtifactsCoreModule, RegistryCoreModule, PoliciesCoreModule],
      providers,
      exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)),
    };
  }
}
