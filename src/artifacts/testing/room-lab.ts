import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ArgumentsHost,
  Catch,
  ExceptionFilter,
  Global,
  HttpException,
  Module,
  ModuleMetadata,
  Provider,
  ValidationPipe,
} from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import {
  CommandContext,
  CustodyError,
  errors,
  EventCatalogue,
  EventDefinition,
  FixedClock,
  RecordedEvent,
  systemContext,
} from '../../core/index.js';
import { AccessPolicy, Asked, Action, CustodyRequest, Denied } from '../../http/index.js';
import { DecisionMaker, Ledger } from '../../ledger/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { MLFLOW_ERRORS } from '../../mlflow/index.js';
import { Projection, Projector, ReadModelFile, ReadModels } from '../../projection/index.js';
import { acceptRawUploads } from '../raw-uploads.js';
import { KnownRun, RunDirectory } from '../run-directory.js';
import { ArtifactStore } from '../store/artifact-store.js';
import { DiskArtifactStore } from '../store/disk-artifact-store.js';
import { PartialUploads } from '../store/partial-uploads.js';
import { ReportingArtifactStore } from '../store/reporting-artifact-store.js';

export const RUN = '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c';
export const OTHER_RUN = '1192f0a8c4b77a1e9d3c5b6a7f8e9d0c';
export const LAB_MAX_BYTES = 32 * 1024 * 1024;
export const LAB_UPLOADS = {
  maxBytes: LAB_MAX_BYTES,
  maxOpen: 4,
  maxStagedBytes: LAB_MAX_BYTES + 1024 * 1024,
  maxAgeMs: 3_600_000,
};
export const DELETED_RUN = '2192f0a8c4b77a1e9d3c5b6a7f8e9d0c';

/** Runs as a test wants them. */
export class TestRuns extends RunDirectory {
  readonly runs = new Map<string, KnownRun>([
    [RUN, { experimentId: '1' as KnownRun['experimentId'], active: true }],
    [OTHER_RUN, { experimentId: '2' as KnownRun['experimentId'], active: true }],
    [DELETED_RUN, { experimentId: '1' as KnownRun['experimentId'], active: false }],
  ]);
  async find(runId: string): Promise<KnownRun | undefined> {
    return this.runs.get(runId);
  }
}

/** Lets everybody do everything until it is told not to, and remembers what it was asked and what it refused. */
export class TestPolicy extends AccessPolicy {
  denied = false;
  readonly asked: { action: Action; resource: unknown }[] = [];
  readonly refused: { by: string; code: string; resource: unknown }[] = [];

  async assert(_context: CommandContext, action: Action, resource: unknown, { why = '' }: Asked = {}): Promise<void> {
    this.asked.push({ action, resource });
    if (this.denied) throw errors.denied('not-allowed', `${why} you may not ${action}`.trim());
  }

  async may(): Promise<boolean> {
    return !this.denied;
  }

  async refuse({ actor }: CommandContext, denied: Denied): Promise<never> {
    return this.deny(actor.id, denied);
  }

  async refuseUnknown(_request: CustodyRequest, denied: Denied): Promise<never> {
    return this.deny('nobody', denied);
  }

  private deny(by: string, { code, message, field, resource }: Denied): never {
    this.refused.push({ by, code, resource });
    throw errors.denied(code, message, field);
  }
}

@Catch()
class ErrorsAsMlflow implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof CustodyError) {
      const { status, code } = MLFLOW_ERRORS[error.kind];
      void reply
        .status(status)
        .send({ error_code: code, code: error.code, message: error.message, field: error.field });
      return;
    }
    const status = error instanceof HttpException ? error.getStatus() : 500;
    void reply.status(status).send({ message: (error as Error).message });
  }
}

export interface LabOptions {
  readonly modules: ModuleMetadata['imports'];
  readonly events: readonly EventDefinition[];
  readonly projections: readonly Projection[];
  readonly providers?: readonly Provider[];
  /** Stands between the rooms and the memory ledger. */
  readonly ledger?: (inner: Ledger) => Ledger;
}

/** A room on a real Fastify server, over a memory ledger, a real artifact store and real read models. */
export class RoomLab {
  readonly runs = new TestRuns();
  private constructor(
    readonly app: NestFastifyApplication,
    readonly clock: FixedClock,
    readonly ledger: Ledger,
    readonly store: ArtifactStore,
    readonly folder: string,
    readonly projector: Projector,
    private readonly closers: readonly (() => void)[],
  ) {}

  static async open(options: LabOptions): Promise<RoomLab> {
    const folder = mkdtempSync(join(tmpdir(), 'custody-room-'));
    const clock = new FixedClock();
    const memory = new MemoryLedger(clock);
    const ledger = options.ledger?.(memory) ?? memory;
    const catalogue = new EventCatalogue(options.events);
    const { projections } = options;
    const file = ReadModelFile.create(join(folder, 'read-models.db'), projections);
    const projector = new Projector(
      { ledger: memory, catalogue, projections, context: { unseal: () => undefined } },
      file,
    );
    const readModels = new ReadModels(join(folder, 'read-models.db'));
    const decisions = new DecisionMaker(ledger, catalogue);
    const store = new ReportingArtifactStore(
      new DiskArtifactStore(join(folder, 'artifacts'), { maxBytes: LAB_MAX_BYTES }),
      decisions,
      clock,
    );
    const uploads = new PartialUploads(join(folder, 'artifacts'), { ...LAB_UPLOADS, clock });
    const runs = new TestRuns();
    const global = foundation([
      { provide: DecisionMaker, useValue: decisions },
      { provide: ReadModels, useValue: readModels },
      { provide: ArtifactStore, useValue: store },
      { provide: PartialUploads, useValue: uploads },
      { provide: RunDirectory, useValue: runs },
      { provide: AccessPolicy, useValue: new TestPolicy() },
      ...(options.providers ?? []),
    ]);
    const app = await start([global, ...(options.modules ?? [])], clock, projector);
    const closers = [
      () => uploads.close(),
      () => store.close(),
      () => readModels.close(),
      () => file.close(),
      () => rmSync(folder, { recursive: true, force: true }),
    ];
    return Object.assign(new RoomLab(app, clock, ledger, store, folder, projector, closers), { runs });
  }

  get commands(): CommandBus {
    return this.app.get(CommandBus);
  }

  get queries(): QueryBus {
    return this.app.get(QueryBus);
  }

  context(more: Partial<CommandContext> = {}): CommandContext {
    return systemContext(this.clock.now(), 'test', more);
  }

  /** Bodies in the making, of all stores and uploads. */
  staged(): readonly string[] {
    const names = readdirSync(this.folder, { recursive: true }) as string[];
    return names.filter((name) => name.endsWith('.part'));
  }

  async events(): Promise<readonly RecordedEvent[]> {
    return this.ledger.readAll();
  }

  async close(): Promise<void> {
    await this.app.close();
    for (const close of this.closers) close();
  }
}

function foundation(providers: Provider[]) {
  @Global()
  @Module({
    imports: [CqrsModule.forRoot()],
    providers,
    exports: [CqrsModule, ...providers.map((provider) => (provider as { provide: symbol }).provide)],
  })
  class Foundation {}
  return Foundation;
}

async function start(
  imports: ModuleMetadata['imports'],
  clock: FixedClock,
  projector: Projector,
): Promise<NestFastifyApplication> {
  const testing = await Test.createTestingModule({ imports }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  const fastify = app.getHttpAdapter().getInstance();
  acceptRawUploads(fastify);
  fastify.addHook('preHandler', async (request) => {
    (request as CustodyRequest).custody = systemContext(clock.now(), 'test');
    if (request.method === 'GET' || request.url.includes('get-latest-versions')) await projector.catchUp();
  });
  app.useGlobalFilters(new ErrorsAsMlflow());
  const exceptionFactory = ([first]: readonly { property: string }[]) =>
    errors.invalid('invalid-parameter', `Invalid value for parameter '${first?.property}'`, first?.property);
  app.useGlobalPipes(
    new ValidationPipe({
      transform: true,
      whitelist: true,
      exceptionFactory: (problems) => exceptionFactory(problems),
    }),
  );
  await app.init();
  await fastify.ready();
  return app;
}
