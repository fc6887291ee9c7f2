import { DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { ApprovalsCoreModule, ApprovalsModule } from '../approvals/index.js';
import { ArtifactsModule } from '../artifacts/index.js';
import { AuditModule } from '../audit/index.js';
import { EvidenceModule } from '../evidence/index.js';
import { AccessGuard, IdentityModule } from '../identity/index.js';
import { MailModule } from '../mail/index.js';
import { PoliciesModule } from '../policies/index.js';
import { ReadModels } from '../projection/index.js';
import { DatabricksModule, RegistryModule, WebhooksModule } from '../registry/index.js';
import { ServingModule } from '../serving/index.js';
import { TrackingModule } from '../tracking/index.js';
import { TrainingModule } from '../training/index.js';
import { smtpServer } from './config/mail-settings.js';
import { EvidenceHost } from './evidence/evidence-host.js';
import { Foundation } from './foundation.js';
import { FoundationModule } from './foundation.module.js';
import { HealthController } from './health/health.controller.js';
import { Probe } from './health/probe.js';
import { ErrorFilter } from './http/exception.filter.js';
import { HomeController } from './http/home.controller.js';
import { Measurements } from './http/measurements.js';
import { MetricsController } from './http/metrics.controller.js';
import { Metrics } from './http/metrics.js';
import { ReadGate } from './http/read-gate.js';
import { ReadRecorder } from './http/read-recorder.js';
import { Validation } from './http/validation.js';
import { ServerInfoController, VersionController } from './http/version.controller.js';
import { nestLogging } from './logging.js';
import { ProjectionHost } from './projection/projection-host.js';
import { WiringModule } from './wiring.module.js';

export interface ServerParts {
  readonly foundation: Foundation;
  readonly projections: ProjectionHost;
  readonly readModels: ReadModels;
  readonly evidence: EvidenceHost;
  readonly logger: Logger;
}

/** Every room behind HTTP: one guard, one error filter, one validation, one read gate for all routes. */
@Module({})
export class ServerModule {
  static of({ foundation, projections, readModels, evidence, logger }: ServerParts): DynamicModule {
    return {
      module: ServerModule,
      imports: [
        FoundationModule.over(foundation),
        WiringModule.forServer({ projections, readModels, evidence, settings: foundation.settings }),
        LoggerModule.forRoot(nestLogging(logger)),
        TerminusModule,
        IdentityModule.forRoot({ open: foundation.settings.open }),
        TrackingModule,
        ArtifactsModule,
        RegistryModule,
        DatabricksModule,
        ApprovalsCoreModule.forRoot(),
        ApprovalsModule,
        WebhooksModule.forRoot({
          allowLoopback: foundation.settings.webhookLoopback,
          allow: foundation.settings.webhookAllow,
        }),
        MailModule.forRoot({ server: smtpServer(foundation.settings), from: foundation.settings.smtpFrom }),
        PoliciesModule,
        TrainingModule,
        ServingModule,
        AuditModule,
        EvidenceModule.over(evidence.log),
      ],
      controllers: [HomeController, HealthController, MetricsController, VersionController, ServerInfoController],
      providers: [
        Metrics,
        Measurements,
        Probe,
        { provide: APP_GUARD, useExisting: AccessGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
        ReadGate,
        ReadRecorder,
        { provide: APP_GUARD, useExisting: ReadGate },
        { provide: APP_PIPE, useClass: Validation },
      ],
    };
  }
}
