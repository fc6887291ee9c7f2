import { DynamicModule, Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ArtifactStore, PartialUploads } from '../artifacts/index.js';
import { EventCatalogue, PersonalData } from '../core/index.js';
import {
  BREAK_GLASS_POLICY,
  Keystore,
  OIDC_OPTIONS,
  PASSWORD_POLICY,
  PROVISIONING,
  SECOND_FACTOR_POLICY,
  SESSION_POLICY,
  SIGNING_POLICY,
  TOKEN_POLICY,
  TRAIL_SETTINGS,
} from '../identity/index.js';
import type {
  BreakGlassPolicy,
  PasswordPolicy,
  SecondFactorPolicy,
  SessionPolicy,
  SigningPolicy,
  TokenPolicy,
  TrailSettings,
} from '../identity/index.js';
import { DecisionMaker, LEDGER } from '../ledger/index.js';
import { oidcOptions } from './config/oidc-settings.js';
import { Foundation } from './foundation.js';

export const FOUNDATION = Symbol('foundation');

/** Makes the opened foundation available to every room by injection. */
@Global()
@Module({})
export class FoundationModule {
  static over(foundation: Foundation): DynamicModule {
    const { settings, ledger, catalogue, keystore, artifacts, uploads, decisions } = foundation;
    const passwordPolicy: PasswordPolicy = {
      remembered: settings.passwordHistory,
      maxAgeDays: settings.passwordMaxAgeDays,
    };
    const sessionPolicy: SessionPolicy = {
      idleMinutes: settings.sessionIdleMinutes,
      maxHours: settings.sessionMaxHours,
    };
    const secondFactorPolicy: SecondFactorPolicy = { roles: settings.secondFactorRoles };
    const signingPolicy: SigningPolicy = { sessionMinutes: settings.signingSessionMinutes };
    const breakGlassPolicy: BreakGlassPolicy = {
      roles: settings.breakGlassRoles,
      minutes: settings.breakGlassMinutes,
    };
    const trail: TrailSettings = {
      readsMs: settings.readTrailMs,
      signInFailures: settings.signInFailures,
      requestsPerMinute: settings.requestsPerMinute,
      denialsToAlert: settings.denialsToAlert,
    };
    const providers = [
      { provide: FOUNDATION, useValue: foundation },
      { provide: LEDGER, useValue: ledger },
      { provide: EventCatalogue, useValue: catalogue },
      { provide: Keystore, useValue: keystore },
      { provide: PersonalData, useValue: keystore },
      { provide: ArtifactStore, useValue: artifacts },
      { provide: PartialUploads, useValue: uploads },
      { provide: DecisionMaker, useValue: decisions },
      { provide: PASSWORD_POLICY, useValue: passwordPolicy },
      { provide: OIDC_OPTIONS, useValue: oidcOptions(settings) },
      { provide: SESSION_POLICY, useValue: sessionPolicy },
      { provide: SECOND_FACTOR_POLICY, useValue: secondFactorPolicy },
      { provide: SIGNING_POLICY, useValue: signingPolicy },
      { provide: BREAK_GLASS_POLICY, useValue: breakGlassPolicy },
      { provide: TRAIL_SETTINGS, useValue: trail },
      { provide: PROVISIONING, useValue: { identityVerified: settings.scimIdentityVerified } },
      { provide: TOKEN_POLICY, useValue: { maxGraceMinutes: settings.tokenMaxGraceMinutes } satisfies TokenPolicy },
    ];
    return {
      module: FoundationModule,
      imports: [CqrsModule.forRoot()],
      providers,
      exports: [...providers.map(({ provide }) => provide), CqrsModule],
    };
  }
}
