import { errors, EventId, JsonObject, PersonalData, Sealed, systemClock, uuidv7 } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/index.js';
import { Ledger, LEDGER } from '../../../ledger/index.js';
import { RoomLab } from '../../../artifacts/testing/room-lab.js';
import { registryEvents, RegistryModule, registryProjections, WebhooksModule } from '../../index.js';
import { TestPolicy } from '../../testing/registry-lab.js';
import { WebhookOptions } from '../options.js';
import { Receiver } from './receiver.js';

/** Keeps what it seals, so that a test can look for it where it must not be. */
class Boxes extends PersonalData {
  /** As after an erasure: nothing can be opened. */
  lost = false;
  readonly plain: string[] = [];
  seal(subject: string, plain: string): Sealed {
    return { subject, box: `v1.box.${this.plain.push(plain) - 1}` };
  }
  unseal({ box }: Sealed): string | undefined {
    return this.lost ? undefined : this.plain[Number(box.split('.').at(-1))];
  }
}

/** The registry with its webhooks on a real server, and a real receiver on this machine. */
export class WebhooksLab {
  room!: RoomLab;
  receiver!: Receiver;
  readonly boxes = new Boxes();

  static async open(more: Partial<WebhookOptions> = {}): Promise<WebhooksLab> {
    const lab = new WebhooksLab();
    lab.receiver = await Receiver.open();
    let ledger: Ledger;
    const options: WebhookOptions = {
      allowLoopback: true,
      allow: { hosts: [], networks: [] },
      timeoutMs: 10_000,
      retries: 3,
      backoffMs: () => 0,
      retryMs: 0,
      refreshMs: 20,
      resolve: async () => ['127.0.0.1'],
      clock: systemClock,
      ...more,
    };
    lab.room = await RoomLab.open({
      modules: [RegistryModule, WebhooksModule.forRoot(options)],
      events: registryEvents,
      projections: registryProjections,
      providers: [
        { provide: AccessPolicy, useValue: new TestPolicy() },
        { provide: PersonalData, useValue: lab.boxes },
        { provide: LEDGER, useFactory: () => ledger },
      ],
      ledger: (inner) => (ledger = inner),
    });
    return lab;
  }

  async custody(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) {
    const body = payload === undefined ? {} : { payload };
    const answer = await this.room.app.inject({ method, url: `/api/v1/${path}`, ...body });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  /** Something that another room recorded. */
  async happened(stream: string, type: string, data: JsonObject): Promise<void> {
    const { actor, origin, correlationId } = this.room.context();
    const event = { id: uuidv7() as EventId, type, schema: 1, actor, origin, correlationId, data };
    await this.room.ledger.append(stream, [event], 'any');
  }

  /** What the receiver got, once so many calls have come. */
  async told(count: number): Promise<readonly Record<string, unknown>[]> {
    const calls = await this.receiver.calls(count);
    return calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  /** What waits to be replayed, once it is so much. */
  async parked(webhookId: string, count: number) {
    for (;;) {
      const { body } = await this.custody('GET', `webhooks/${webhookId}/parked`);
      if (body['count'] === count) return body['parked'] as readonly Record<string, unknown>[];
      await new Promise((soon) => setImmediate(soon));
    }
  }

  async call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, input: object = {}) {
    const query = method === 'GET' ? `?${new URLSearchParams(input as Record<string, string>).toString()}` : '';
    const answer = await this.room.app.inject({
      method,
      url: `/api/2.0/mlflow/${path}${query}`,
      ...(method === 'GET' ? {} : { payload: input }),
    });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  async webhook(input: object = {}): Promise<string> {
    const { status, body } = await this.call('POST', 'webhooks', {
      name: 'deploy',
      url: `${this.receiver.url}/hook`,
      events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
      ...input,
    });
    if (status !== 200) throw errors.invalid('test', JSON.stringify(body));
    return (body['webhook'] as { webhook_id: string }).webhook_id;
  }

  async version(name = 'detector'): Promise<void> {
    const { status, body } = await this.call('POST', 'model-versions/create', { name, source: 's3://bucket/m' });
    if (status !== 200) throw errors.invalid('test', JSON.stringify(body));
  }

  /** What became of deliveries, once there are so many. */
  async outcomes(webhookId: string, count: number) {
    for (;;) {
      const recorded = await this.room.ledger.read(`webhook-deliveries-${webhookId}`);
      const events = recorded.filter(({ type }) => type !== 'WebhookAttemptFailed');
      if (events.length >= count) return events;
      await new Promise((soon) => setImmediate(soon));
    }
  }

  async close(): Promise<void> {
    await this.room.close();
    await this.receiver.close();
  }
}
