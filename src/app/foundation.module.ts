import { DynamicModule, Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ArtifactStore, PartialUploads } from '../artifacts/index.js';
import { EventCatalogue, PersonalData } from '../core/index.js';
import { Keystore, PASSWORD_POLICY, TOKEN_POLICY } from '../identity/index.js';
import type { PasswordPolicy, TokenPolicy } from '../identity/index.js';
import { DecisionMaker, LEDGER } from '../ledger/index.js';
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
