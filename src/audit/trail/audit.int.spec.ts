import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArgumentsHost, Catch, ExceptionFilter, Global, Module, ValidationPipe } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { join } from 'node:path';
import {
  CustodyError,
  errors,
  EventCatalogue,
  EventId,
  FixedClock,
  NewEvent,
  toIso,
  uuidv7,
} from '../../core/index.js';
import { LEDGER } from '../../ledger/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { Projector, ReadModels } from '../../projection/index.js';
import { AuditModule } from '../audit.module.js';
import { PersonDirectory } from '../person-directory.js';
import { catalogue, TestPeople, TrailLab } from '../testing/trail-lab.js';
import { auditProjections } from './projection.js';

@Catch(CustodyError)
class Refusals implements ExceptionFilter {
  catch({ kind, code, field }: CustodyError, host: ArgumentsHost): void {
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(kind === 'not-found' ? 404 : 400)
      .send({ code, field });
  }
}

const clock = new FixedClock();
let lab: TrailLab;
let ledger: MemoryLedger;
let app: NestFastifyApplication;
let models: ReadModels;
let projector: Projector;

beforeEach(async () => {
  lab = new TrailLab();
  ledger = new MemoryLedger(clock);
  const projections = auditProjections(catalogue);
  projector = new Projector(
    { ledger, catalogue, projections, context: { unseal: () => undefined } },
    lab.create('a.db'),
  );
  models = new ReadModels(join(lab.folder, 'a.db'));
  const providers = [
    { provide: EventCatalogue, useValue: catalogue },
    { provide: LEDGER, useValue: ledger },
    { provide: ReadModels, useValue: models },
    { provide: PersonDirectory, useValue: new TestPeople() },
  ];
  @Global()
  @Module({
    imports: [CqrsModule.forRoot()],
    providers,
    exports: [CqrsModule, ...providers.map(({ provide }) => provide)],
  })
  class Foundation {}
  const testing = await Test.createTestingModule({ imports: [Foundation, AuditModule] }).compile();
  app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  const exceptionFactory = ([first]: readonly { property: string }[]) =>
    errors.invalid('invalid-parameter', '', first!.property);
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, exceptionFactory }));
  app.useGlobalFilters(new Refusals());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});

afterEach(async () => {
  await app.close();
  await models.close();
  await ledger.close();
  lab.close();
});

const event = (more: Partial<NewEvent> = {}): NewEvent => ({
  id: uuidv7() as EventId,
  type: 'Made',
  schema: 1,
  actor: { id: 'u-1' as never, kind: 'person', roles: ['analyst'], via: 'token' },
  origin: { requestId: uuidv7(), client: { subject: 'u-1', box: 'v1.sealed' } },
  correlationId: 'c',
  reason: 'weekly retraining',
  data: { about: { kind: 'run', id: 'a' }, note: 'as recorded' },
  ...more,
});

async function append(...events: readonly NewEvent[]): Promise<void> {
  for (const each of events) {
    clock.advance(1_000_000);
    await ledger.append('run-a', [each], 'any');
  }
  await projector.catchUp();
}

const get = async (path: string) => {
  const response = await app.inject({ method: 'GET', url: `/api/v1/audit/events${path}` });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
};

describe('GET /api/v1/audit/events', () => {
  it('answers the newest first, in pages, in snake case', async () => {
    await append(event(), event({ type: 'Refused' }), event());
    const [, second, third] = await ledger.readAll();
    const { status, body } = await get('?limit=2');
    expect(status).toBe(200);
    expect(body).toMatchObject({ complete_to: 3, next_page_token: expect.any(String) });
    expect((body['events'] as object[])[1]).toEqual({
      position: 2,
      event_id: second!.id,
      recorded_at: toIso(second!.recordedAt),
      actor: { id: 'u-1', name: 'kim', kind: 'person', via: 'token', verified: true },
      action: 'Refused',
      summary: 'Refused.',
      resource: { kind: 'run', id: 'a' },
      outcome: 'denied',
      reason: 'weekly retraining',
      stream: 'run-a',
      revision: 1,
      request_id: second!.origin.requestId,
      correlation_id: 'c',
    });
    const next = await get(`?limit=2&page_token=${String(body['next_page_token'])}`);
    expect(next.body['events']).toMatchObject([{ position: 1 }]);
    expect(next.body['next_page_token']).toBeUndefined();
    const since = await get(`?from=${toIso(third!.recordedAt)}`);
    expect(since.body['events']).toMatchObject([{ position: 3 }]);
    const until = await get(`?to=${toIso(second!.recordedAt)}&action=Made&action=Refused&outcome=ok`);
    expect(until.body['events']).toMatchObject([{ position: 1 }]);
  });

  it.each([
    ['from=yesterday', 'from'],
    ['from=2026-02-31', 'from'],
    ['to=2026-01-05T25:00Z', 'to'],
    ['from=2026-01-06&to=2026-01-05', 'to'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=ten', 'limit'],
    ['order=newest', 'order'],
    ['outcome=good', 'outcome'],
    ['action=Nothing', 'action'],
    ['analyst=', 'analyst'],
    ['analyst=a&analyst=b', 'analyst'],
    ['resource=run', 'resource'],
    ['page_token=x', 'page_token'],
  ])('?%s is refused and %s is named', async (query, field) => {
    await append(event());
    expect(await get(`?${query}`)).toMatchObject({ status: 400, body: { field } });
  });
});

describe('GET /api/v1/audit/events/:id', () => {
  it('answers the event as the log holds it, sealed data included, by id and by position', async () => {
    const id = uuidv7();
    await append(event(), event({ id: id as EventId, causationId: 'because' }));
    const [, recorded] = await ledger.readAll();
    const byId = await get(`/${id}`);
    expect(byId).toEqual({
      status: 200,
      body: {
        position: 2,
        event_id: id,
        type: 'Made',
        schema: 1,
        stream: 'run-a',
        revision: 1,
        recorded_at: toIso(recorded!.recordedAt),
        actor: recorded!.actor,
        reason: 'weekly retraining',
        origin: recorded!.origin,
        correlation_id: 'c',
        causation_id: 'because',
        data: { about: { kind: 'run', id: 'a' }, note: 'as recorded' },
      },
    });
    expect(await get('/2')).toEqual(byId);
  });

  it.each(['0', '99', '999999999999999', uuidv7(), 'x', '..%2F1'])('%s is not there', async (id) => {
    await append(event());
    expect(await get(`/${id}`)).toEqual({ status: 404, body: { code: 'event-not-found', field: 'id' } });
  });
});
