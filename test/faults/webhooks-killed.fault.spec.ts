import { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '../../src/registry/webhooks/testing/receiver.js';
import { account, dataFolder, Http, Proc, withPassword } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const VERSIONS = 6;

describe('a server that is killed while it tells a webhook', () => {
  let data: ReturnType<typeof dataFolder>;
  let receiver: Receiver;
  let server: Proc | undefined;
  beforeEach(async () => {
    data = dataFolder();
    receiver = await Receiver.open();
  });
  afterEach(async () => {
    await server?.stop();
    await receiver.close();
    data.remove();
  });
  let present: string;
  const start = async () => {
    server = Proc.start(['serve', '--port', '0', '--data', data.path], { CUSTODY_WEBHOOK_LOOPBACK: 'true' });
    const ready = await server.ready();
    present = ready.url;
    return ready;
  };

  it('has told everything in the end, in order, and what came twice under the same id', async () => {
    const { url, firstStart } = await start();
    const admin = await withPassword(
      url,
      firstStart!.login,
      firstStart!.oneTimePassword,
      'the first password of admin',
    );
    const ana = await account(admin, 'ana', ['analyst']);
    const events = [{ entity: 'MODEL_VERSION', action: 'CREATED' }];
    const made = await admin.post(`${MLFLOW}/webhooks`, { name: 'deploy', url: `${receiver.url}/hook`, events });
    expect(made.status).toBe(200);
    // The first call and the fourth get no answer: in the middle of each the server dies.
    const taken: RequestListener = (_request, response) => response.writeHead(200).end();
    const never: RequestListener = () => undefined;
    receiver.answers = [never, taken, taken, never, taken];
    await ana.post(`${MLFLOW}/registered-models/create`, { name: 'detector' });
    for (let n = 0; n < VERSIONS; n++) {
      const version = { name: 'detector', source: 's3://bucket/m' };
      expect((await ana.post(`${MLFLOW}/model-versions/create`, version)).status).toBe(200);
    }
    for (const calls of [1, 4]) {
      await receiver.calls(calls);
      await server!.kill();
      await start();
    }
    await receiver.calls(VERSIONS + 2);

    const told = receiver.received.map(({ headers, body }) => ({
      id: headers['x-mlflow-delivery-id'],
      version: (JSON.parse(body) as { data: { version: string } }).data.version,
    }));
    expect(told.map(({ version }) => version)).toEqual(['1', '1', '2', '3', '3', '4', '5', '6']);
    expect(new Set(told.map(({ id }) => id)).size).toBe(VERSIONS);
    expect([told[0]!.id, told[3]!.id]).toEqual([told[1]!.id, told[4]!.id]);
    // What was told is in the trail, once each.
    while ((await delivered(admin)) < VERSIONS) await new Promise((soon) => setTimeout(soon, 20));
    expect(await delivered(admin)).toBe(VERSIONS);
  });

  const delivered = async ({ login, password }: Http): Promise<number> => {
    const trail = '/api/v1/audit/events?action=WebhookDelivered&limit=100';
    return (await new Http(present, login, password).get<{ events: unknown[] }>(trail)).body.events.length;
  };
});
