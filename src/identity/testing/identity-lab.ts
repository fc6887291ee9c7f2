import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentsHost, Catch, ExceptionFilter, Global, Module, ValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import {
  Actor,
  CommandContext,
  CustodyError,
  ErrorKind,
  EventCatalogue,
  EventDefinition,
  FixedClock,
  PersonalData,
  RecordedEvent,
  Role,
  systemContext,
  UserId,
} from '../../core/index.js';
import { approvalsEvents, ApprovalsCoreModule, ApprovalsModule, approvalsProjections } from '../../approvals/index.js';
import { DecisionMaker, LEDGER } from '../../ledger/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { Projection, Projector, ReadModelFile, ReadModels } from '../../projection/index.js';
import { BREAK_GLASS_POLICY } from '../break-glass/break-glass-policy.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { PASSWORD_POLICY } from '../credentials/password-policy.js';
import { OIDC_OPTIONS } from '../oidc/options.js';
import type { OidcOptions } from '../oidc/options.js';
import { OidcProvider } from '../oidc/provider.js';
import { PROVISIONING } from '../scim/provisioning.js';
import { TOKEN_POLICY } from '../credentials/token-policy.js';
import { AccessGuard, CreateUser, identityEvents, IdentityModule, identityProjections, Keystore } from '../index.js';
import { SECOND_FACTOR_POLICY } from '../second-factor/second-factor-policy.js';
import { SESSION_POLICY } from '../sessions/session-policy.js';
import { SIGNING_POLICY } from '../signing/signing-policy.js';
import { ChangePassword } from '../commands/passwords/passwords.commands.js';

/** The whole room over a memory ledger, with its real keystore, credential store, read models and routes. */
export class IdentityLab {
  private constructor(
    readonly folder: string,
    readonly clock: FixedClock,
    readonly ledger: MemoryLedger,
    readonly catalogue: EventCatalogue,
    readonly keystore: Keystore,
    readonly app: NestFastifyApplication,
    private readonly projector: Projector,
    private readonly closing: () => void,
  ) {}

  static async start({
    open = false,
    controllers = [] as (new () => object)[],
    provisioning = {},
    passwordPolicy = { remembered: 5, maxAgeDays: 0 },
    events = [] as readonly EventDefinition[],
    moreProjections = [] as readonly Projection[],
    ports = [] as Values,
    oidc = undefined as OidcOptions | undefined,
    provider = undefined as OidcProvider | undefined,
    breakGlassPolicy = { roles: ['reviewer', 'admin'] as readonly Role[], minutes: 60 },
    secondFactorRoles = [] as readonly Role[],
    signingPolicy = { sessionMinutes: 0 },
    sessionPolicy = { idleMinutes: 30, maxHours: 12 },
  } = {}): Promise<IdentityLab> {
    const folder = mkdtempSync(join(tmpdir(), 'custody-identity-'));
    const clock = new FixedClock();
    const ledger = new MemoryLedger(clock);
    const catalogue = new EventCatalogue(identityEvents, approvalsEvents, events);
    const keystore = Keystore.open(join(folder, 'keys'));
    const projections = [...identityProjections, ...approvalsProjections, ...moreProjections];
    const target = ReadModelFile.create(join(folder, 'read-models.db'), projections);
    const readModels = new ReadModels(target.file);
    const context = { unseal: keystore.unseal.bind(keystore) };
    const projector = new Projector({ ledger, catalogue, projections, context }, target);
    const values = [
      [LEDGER, ledger],
      [EventCatalogue, catalogue],
      [Keystore, keystore],
      [PersonalData, keystore],
      [DecisionMaker, new DecisionMaker(ledger, catalogue)],
      [ReadModels, readModels],
      [PASSWORD_POLICY, passwordPolicy],
      [OIDC_OPTIONS, oidc],
      [OidcProvider, provider ?? (oidc && new OidcProvider(oidc))],
      [SESSION_POLICY, sessionPolicy],
      [SIGNING_POLICY, signingPolicy],
      [SECOND_FACTOR_POLICY, { roles: secondFactorRoles }],
      [BREAK_GLASS_POLICY, breakGlassPolicy],
      [PROVISIONING, provisioning],
      [TOKEN_POLICY, { maxGraceMinutes: 120 }],
      ...ports,
    ] as const;
    const app = await application(values, open, clock, controllers);
    return new IdentityLab(folder, clock, ledger, catalogue, keystore, app, projector, () => {
      void readModels.close();
      target.close();
      keystore.close();
    });
  }

  get commands(): CommandBus {
    return this.app.get(CommandBus);
  }

  get guard(): AccessGuard {
    return this.app.get(AccessGuard);
  }

  system(): CommandContext {
    return systemContext(this.clock.now(), 'test');
  }

  as(id: UserId, roles: readonly Role[] = []): CommandContext {
    const actor: Actor = { id, kind: 'person', roles, via: 'password' };
    return { ...this.system(), actor };
  }

  /** Somebody who has set a password of their own. */
  async person(login: string, password: string, ...roles: readonly Role[]): Promise<UserId> {
    const input = { login, kind: 'person' as const, roles, identityVerified: 'known to the test' };
    const { userId, oneTimePassword } = await this.commands.execute(new CreateUser(this.system(), input));
    await this.commands.execute(new ChangePassword(this.as(userId), { current: oneTimePassword!, next: password }));
    return userId;
  }

  async events(type?: string): Promise<readonly RecordedEvent[]> {
    const all = await this.ledger.readAll({ limit: 10_000 });
    return type === undefined ? all : all.filter((event) => event.type === type);
  }

  catchUp(): Promise<number> {
    return this.projector.catchUp();
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.ledger.close();
    this.closing();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

type Values = readonly (readonly [unknown, unknown])[];

async function application(
  values: Values,
  open: boolean,
  clock: FixedClock,
  controllers: (new () => object)[],
): Promise<NestFastifyApplication> {
  const providers = values.map(([provide, useValue]) => ({ provide: provide as symbol, useValue }));

  @Global()
  @Module({
    imports: [CqrsModule.forRoot()],
    providers,
    exports: [...providers.map(({ provide }) => provide), CqrsModule],
  })
  class LabFoundation {}

  const testing = await Test.createTestingModule({
    imports: [
      LabFoundation,
      ApprovalsCoreModule.forRoot({ clock, retryMs: 5 }),
      ApprovalsModule,
      IdentityModule.forRoot({ open }),
    ],
    controllers,
    providers: [
      { provide: APP_GUARD, useExisting: AccessGuard },
      { provide: APP_FILTER, useClass: Statuses },
    ],
  })
    .overrideProvider(IDENTITY_CLOCK)
    .useValue(clock)
    .overrideProvider(OidcProvider)
    .useValue(values.find(([provide]) => provide === OidcProvider)?.[1])
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

const STATUS: Partial<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  denied: 403,
  'not-found': 404,
  'already-exists': 409,
  state: 409,
  conflict: 409,
  limit: 429,
  unavailable: 503,
};

/** Stands in for the application's own filter: kinds become statuses, codes are answered. */
@Catch(CustodyError)
class Statuses implements ExceptionFilter {
  catch(error: CustodyError, host: ArgumentsHost): void {
    const { kind, code, message, field } = error;
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(STATUS[kind] ?? 500)
      .send({ code, message, field });
  }
}
