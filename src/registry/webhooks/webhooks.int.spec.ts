import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Ledger, LEDGER } from '../../ledger/index.js';
import { Courier } from './courier.js';
import { DeliverToWebhooks } from './deliver-to-webhooks.js';
import { WebhookOptions, WEBHOOK_OPTIONS } from './options.js';
import { RegisteredWebhooks } from './registered-webhooks.js';
import { signature } from './sending/signature.js';
import { WebhooksLab } from './testing/webhooks-lab.js';

const CREATED = { entity: 'MODEL_VERSION', action: 'CREATED' };
const ALIAS = { entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' };

describe('webhooks', () => {
  let lab: WebhooksLab;
  beforeEach(async () => {
    lab = await WebhooksLab.open();
    await lab.call('POST', 'registered-models/create', { name: 'detector' });
  });
  afterEach(() => lab.close());

  const versionsTold = () =>
    lab.receiver.received.map(({ body }) => (JSON.parse(body) as { data: { version: string } }).data.version);

  describe('over HTTP', () => {
    it('are made, read, changed and deleted as MLflow has it', async () => {
      const at = Math.floor(lab.room.clock.now() / 1000);
      const input = {
        name: 'deploy',
        url: `${lab.receiver.url}/hook`,
        events: [CREATED, ALIAS, CREATED],
        secret: 's3',
      };
      const { body } = await lab.call('POST', 'webhooks', input);
      const { webhook_id: id } = body['webhook'] as { webhook_id: string };
      const webhook = {
        webhook_id: id,
        name: 'deploy',
        url: `${lab.receiver.url}/hook`,
        events: [CREATED, ALIAS],
        status: 'ACTIVE',
        creation_timestamp: at,
        last_updated_timestamp: at,
      };
      expect(body).toEqual({ webhook });
      expect((await lab.call('GET', `webhooks/${id}`)).body).toEqual({ webhook });
      expect((await lab.call('GET', 'webhooks')).body).toEqual({ webhooks: [webhook] });
      lab.room.clock.advance(5000);
      const changed = await lab.call('PATCH', `webhooks/${id}`, { status: 'DISABLED', name: '', description: 'off' });
      expect(changed.body).toEqual({
        webhook: { ...webhook, status: 'DISABLED', description: 'off', last_updated_timestamp: at + 5 },
      });
      expect((await lab.call('PATCH', `webhooks/${id}`, {})).body).toEqual(changed.body);
      expect(await lab.call('DELETE', `webhooks/${id}`)).toEqual({ status: 200, body: {} });
      expect(await lab.call('GET', `webhooks/${id}`)).toMatchObject({
        status: 404,
        body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
      });
      expect((await lab.call('GET', 'webhooks')).body).toEqual({});
    });

    it('come in pages, newest first, that fit together when some are made meanwhile', async () => {
      const names = ['a', 'b', 'c', 'd'];
      for (const name of names) {
        lab.room.clock.advance(1000);
        await lab.webhook({ name });
      }
      const page = async (input: object) => {
        const { body } = await lab.call('GET', 'webhooks', input);
        const found = (body['webhooks'] ?? []) as { name: string }[];
        return { names: found.map(({ name }) => name), token: body['next_page_token'] as string | undefined };
      };
      const first = await page({ max_results: '3' });
      lab.room.clock.advance(1000);
      await lab.webhook({ name: 'e' });
      const second = await page({ max_results: '3', page_token: first.token! });
      expect([first.names, second.names, second.token]).toEqual([['d', 'c', 'b'], ['a'], undefined]);
    });

    it('keep secrets and URLs out of the log and out of every answer', async () => {
      const id = await lab.webhook({ url: `${lab.receiver.url}/hook?token=t0ken`, secret: 's3cret' });
      await lab.call('PATCH', `webhooks/${id}`, { secret: 'an0ther' });
      const answers = [await lab.call('GET', `webhooks/${id}`), await lab.call('GET', 'webhooks')];
      expect(JSON.stringify(answers)).not.toMatch(/s3cret|an0ther|box/);
      expect(JSON.stringify(await lab.room.events())).not.toMatch(/s3cret|an0ther|t0ken/);
      expect((await lab.room.events()).find(({ type }) => type === 'WebhookCreated')?.data['host']).toBe('127.0.0.1');
    });

    it.each([
      [{ name: 'Upper' }, 'name'],
      [{ name: '' }, 'name'],
      [{ name: '-a' }, 'name'],
      [{ name: 'x'.repeat(64) }, 'name'],
      [{ url: 'http://10.0.0.1/' }, 'url'],
      [{ url: 'https://169.254.169.254/latest' }, 'url'],
      [{ url: 'https://u:p@hooks.example.com/' }, 'url'],
      [{ url: 'file:///etc/passwd' }, 'url'],
      [{ url: 3 }, 'url'],
      [{ events: [] }, 'events'],
      [{ events: [{ entity: 'MODEL_VERSION', action: 'EXCEEDED' }] }, 'events'],
      [{ events: ['model_version.created'] }, 'events'],
      [{ events: 'x' }, 'events'],
      [{ events: [null] }, 'events'],
      [{ events: [{ entity: { a: 1 }, action: 'CREATED' }] }, 'events'],
      [{ url: 'https://hooks.example.com/\ud800' }, 'url'],
      [{ url: `https://${'x.'.repeat(200)}example.com/` }, 'url'],
      [{ name: '__proto__' }, 'name'],
      [{ secret: '\ud800' }, 'secret'],
      [{ status: 'OFF' }, 'status'],
      [{ secret: 'x'.repeat(1001) }, 'secret'],
      [{ description: 'x'.repeat(1001) }, 'description'],
    ])('refuse %j and name the field', async (input, field) => {
      const good = { name: 'ok', url: `${lab.receiver.url}/hook`, events: [CREATED] };
      const before = await lab.room.events();
      expect(await lab.call('POST', 'webhooks', { ...good, ...input })).toMatchObject({ status: 400, body: { field } });
      expect(await lab.room.events()).toEqual(before);
    });

    it('leave nothing behind when there are too many already', async () => {
      for (let n = 0; n < 100; n++) await lab.webhook({ name: `w${n}` });
      const consume = jest.spyOn(lab.room.app.get<Ledger>(LEDGER), 'consume');
      const [events, sealed] = [await lab.room.events(), lab.boxes.plain.length];
      await expect(lab.webhook({ name: 'one-more', secret: 's3cret' })).rejects.toThrow(/there are 100 webhooks/);
      expect(consume).not.toHaveBeenCalled();
      expect([await lab.room.events(), lab.boxes.plain.length]).toEqual([events, sealed]);
    });

    it.each([
      ['GET', 'webhooks/none', {}, 404, 'webhook_id'],
      ['PATCH', 'webhooks/none', { name: 'x' }, 404, 'webhook_id'],
      ['DELETE', 'webhooks/none', {}, 404, 'webhook_id'],
      ['POST', 'webhooks/none/test', {}, 404, 'webhook_id'],
      ['GET', 'webhooks', { max_results: '0' }, 400, 'max_results'],
      ['GET', 'webhooks', { page_token: 'x' }, 400, 'page_token'],
    ] as const)('refuse %s %s with %j', async (method, path, input, status, field) =>
      expect(await lab.call(method, path, input)).toMatchObject({ status, body: { field } }),
    );
  });

  describe('a test', () => {
    it('sends an example at once, records it, and answers what came back', async () => {
      const id = await lab.webhook({ events: [ALIAS, CREATED] });
      expect((await lab.call('POST', `webhooks/${id}/test`)).body).toEqual({
        result: { success: true, response_status: 200, response_body: 'thanks' },
      });
      lab.receiver.answer(503);
      expect((await lab.call('POST', `webhooks/${id}/test`, { event: CREATED })).body).toEqual({
        result: { success: false, response_status: 503, response_body: '' },
      });
      const sent = lab.receiver.received.map(({ body }) => JSON.parse(body) as { entity: string });
      expect(sent.map(({ entity }) => entity)).toEqual(['model_version_alias', 'model_version']);
      expect(await lab.outcomes(id, 2)).toMatchObject([
        { type: 'WebhookTested', data: { event: 'model_version_alias.created', status: 200 } },
        { type: 'WebhookTested', data: { status: 503, reason: 'the receiver answered 503' } },
      ]);
    });

    it.each(['x', [CREATED], { entity: 'MODEL_VERSION' }, { entity: 'NONE', action: 'CREATED' }])(
      'of %j is refused',
      async (event) => {
        const id = await lab.webhook();
        expect(await lab.call('POST', `webhooks/${id}/test`, { event })).toMatchObject({
          status: 400,
          body: { field: 'event' },
        });
        expect(lab.receiver.received).toEqual([]);
      },
    );

    it('says when nobody can be reached', async () => {
      const id = await lab.webhook();
      await lab.call('PATCH', `webhooks/${id}`, { url: 'http://127.0.0.1:1/' });
      expect((await lab.call('POST', `webhooks/${id}/test`)).body).toEqual({
        result: {
          success: false,
          error_message: expect.stringContaining('could not be reached') as unknown,
        },
      });
    });
  });

  describe('deliveries', () => {
    it('tell what was asked for, signed, in order, from the moment on at which the webhook is there', async () => {
      await lab.version();
      const id = await lab.webhook({ secret: 's3cret', events: [CREATED] });
      await lab.call('POST', 'registered-models/alias', { name: 'detector', alias: 'x', version: '1' });
      for (let n = 0; n < 3; n++) await lab.version();
      await lab.outcomes(id, 3);
      expect(versionsTold()).toEqual(['2', '3', '4']);
      const [{ headers, body }] = lab.receiver.received as [(typeof lab.receiver.received)[0]];
      const deliveryId = headers['x-mlflow-delivery-id'] as string;
      const timestamp = headers['x-mlflow-timestamp'] as string;
      expect(headers['x-mlflow-signature']).toBe(signature('s3cret', deliveryId, timestamp, body));
      expect(JSON.parse(body)).toMatchObject({
        entity: 'model_version',
        action: 'created',
        data: { name: 'detector' },
      });
      const created = (await lab.room.events()).filter(({ type }) => type === 'ModelVersionCreated')[1]!;
      expect((await lab.outcomes(id, 3))[0]).toMatchObject({
        type: 'WebhookDelivered',
        causationId: created.id,
        data: { webhookId: id, eventId: created.id, event: 'model_version.created', status: 200, attempts: 1 },
      });
    });

    it('are repeated under the same id until they are taken', async () => {
      const id = await lab.webhook();
      lab.receiver.answer(503, 429, 200);
      await lab.version();
      expect((await lab.outcomes(id, 1))[0]).toMatchObject({ type: 'WebhookDelivered', data: { attempts: 3 } });
      const ids = lab.receiver.received.map(({ headers }) => headers['x-mlflow-delivery-id']);
      expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    });

    it('end as failed after all attempts, or at once when another could not help, and go on with the next', async () => {
      const id = await lab.webhook();
      lab.receiver.answer(500, 500, 500, 500, 404, 200);
      for (let n = 0; n < 3; n++) await lab.version();
      expect(await lab.outcomes(id, 3)).toMatchObject([
        { type: 'WebhookDeliveryFailed', data: { status: 500, attempts: 4, reason: 'the receiver answered 500' } },
        { type: 'WebhookDeliveryFailed', data: { status: 404, attempts: 1 } },
        { type: 'WebhookDelivered', data: { attempts: 1 } },
      ]);
    });

    it('that were given up wait until they are replayed, and then come again under the same id', async () => {
      const id = await lab.webhook();
      lab.receiver.answer(404, 410, 404, 200);
      for (let n = 0; n < 2; n++) await lab.version();
      await lab.outcomes(id, 2);
      expect(await lab.parked(id, 2)).toMatchObject([
        { type: 'ModelVersionCreated', reason: 'the receiver answered 404' },
        { type: 'ModelVersionCreated', reason: 'the receiver answered 410' },
      ]);
      expect(await lab.custody('POST', `webhooks/${id}/replay`)).toEqual({ status: 200, body: { replayed: 2 } });
      expect(await lab.outcomes(id, 4)).toMatchObject([
        { type: 'WebhookDeliveryFailed' },
        { type: 'WebhookDeliveryFailed' },
        { type: 'WebhookDeliveryFailed', data: { status: 404 } },
        { type: 'WebhookDelivered', data: { status: 200 } },
      ]);
      const ids = lab.receiver.received.map(({ headers }) => headers['x-mlflow-delivery-id']);
      expect(ids.slice(2)).toEqual(ids.slice(0, 2));
      expect(await lab.parked(id, 1)).toHaveLength(1);
      expect((await lab.room.events()).filter(({ type }) => type === 'WebhookDeliveriesReplayed')).toHaveLength(1);
    });

    it('are replayed also when the webhook was switched off and on since', async () => {
      const id = await lab.webhook();
      lab.receiver.answer(404, 200);
      await lab.version();
      await lab.parked(id, 1);
      await lab.call('PATCH', `webhooks/${id}`, { status: 'DISABLED' });
      expect(await lab.custody('POST', `webhooks/${id}/replay`)).toMatchObject({
        status: 400,
        body: { field: 'status' },
      });
      lab.room.clock.advance(5000);
      await lab.call('PATCH', `webhooks/${id}`, { status: 'ACTIVE' });
      await lab.custody('POST', `webhooks/${id}/replay`);
      expect(await lab.outcomes(id, 2)).toMatchObject([
        { type: 'WebhookDeliveryFailed' },
        { type: 'WebhookDelivered' },
      ]);
    });

    it('that this server can not make are parked, which is recorded, and others go on', async () => {
      const id = await lab.webhook();
      lab.boxes.lost = true;
      await lab.version();
      expect(await lab.outcomes(id, 1)).toMatchObject([
        { type: 'WebhookDeliveryParked', data: { eventType: 'ModelVersionCreated', retries: 11 } },
      ]);
      await lab.parked(id, 1);
      lab.boxes.lost = false;
      await lab.version();
      await lab.custody('POST', `webhooks/${id}/replay`);
      expect((await lab.outcomes(id, 3)).slice(1).map(({ type }) => type)).toEqual([
        'WebhookDelivered',
        'WebhookDelivered',
      ]);
      expect(versionsTold().sort()).toEqual(['1', '2']);
    });

    it('that nobody has are not replayed or listed', async () => {
      for (const [method, what] of [
        ['GET', 'parked'],
        ['POST', 'replay'],
      ] as const)
        expect(await lab.custody(method, `webhooks/none/${what}`)).toMatchObject({
          status: 404,
          body: { field: 'webhook_id' },
        });
    });

    it('of one webhook do not wait for those of another', async () => {
      lab.receiver.answers = [() => undefined];
      await lab.webhook();
      await lab.version();
      await lab.receiver.calls(1);
      lab.receiver.answer(200);
      const id = await lab.webhook({ name: 'other' });
      await lab.version();
      expect(await lab.outcomes(id, 1)).toMatchObject([{ type: 'WebhookDelivered' }]);
    });

    it('are not made while the webhook is disabled, nor made up for afterwards', async () => {
      const id = await lab.webhook({ status: 'DISABLED' });
      const other = await lab.webhook({ name: 'other' });
      await lab.version();
      const [missed] = await lab.outcomes(other, 1);
      lab.room.clock.advance(5000);
      await lab.call('PATCH', `webhooks/${id}`, { status: 'ACTIVE' });
      await lab.version();
      const told = await lab.outcomes(id, 1);
      expect(told).toMatchObject([{ type: 'WebhookDelivered' }]);
      expect(told[0]!.data['eventId']).not.toBe(missed!.data['eventId']);
    });

    it('end with the webhook', async () => {
      const id = await lab.webhook();
      const other = await lab.webhook({ name: 'other' });
      await lab.call('DELETE', `webhooks/${id}`);
      await lab.version();
      await lab.outcomes(other, 1);
      expect(lab.receiver.received).toHaveLength(1);
      expect(await lab.room.ledger.read(`webhook-deliveries-${id}`)).toEqual([]);
    });

    it('that were under way when the server stopped are made by the next one, under the same id', async () => {
      lab.receiver.answers = [() => undefined, (_request, response) => response.writeHead(200).end()];
      const id = await lab.webhook();
      await lab.version();
      await lab.receiver.calls(1);
      const { app } = lab.room;
      await app.get(DeliverToWebhooks).beforeApplicationShutdown();
      await lab.version();
      const next = new DeliverToWebhooks(
        app.get<Ledger>(LEDGER),
        app.get<WebhookOptions>(WEBHOOK_OPTIONS),
        app.get(RegisteredWebhooks),
        app.get(Courier),
      );
      next.onApplicationBootstrap();
      await lab.outcomes(id, 2);
      await next.beforeApplicationShutdown();
      const ids = lab.receiver.received.map(({ headers }) => headers['x-mlflow-delivery-id']);
      expect([versionsTold(), ids[0] === ids[1]]).toEqual([['1', '1', '2'], true]);
    });
  });
});
