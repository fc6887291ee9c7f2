import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { account, freshServer, Http } from '../support/custody.js';
import { PYTHON, withPython } from '../support/python.js';

const run = promisify(execFile);

withPython("the registry, to mlflow's own client", () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  let reviewer: Http;
  let auditor: Http;

  beforeAll(async () => {
    custody = await freshServer([], { CUSTODY_WEBHOOK_LOOPBACK: 'true' });
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
    reviewer = await account(custody.admin, 're.viewer', ['reviewer']);
    auditor = await account(custody.admin, 'audi.tor', ['auditor']);
  });
  afterAll(() => custody.end());

  it('has aliases, copies, prompts and webhooks, and keeps production to those who may promote', async () => {
    const as = (role: string, { login, password }: Http) => ({
      [`${role}_LOGIN`]: login,
      [`${role}_PASSWORD`]: password,
    });
    const environment = {
      PATH: process.env['PATH'],
      HOME: custody.data,
      MLFLOW_TRACKING_URI: custody.url,
      MLFLOW_TRACKING_USERNAME: analyst.login,
      MLFLOW_TRACKING_PASSWORD: analyst.password,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_PROMPT_CACHE_MAX_SIZE: '0',
      ...as('REVIEWER', reviewer),
      ...as('ADMIN', custody.admin),
    };
    const { stdout } = await run(PYTHON, [resolve('test/clients/registry_story.py')], { env: environment });
    const { webhook_id: webhookId } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { webhook_id: string };

    const trail = async (resource: string) => {
      const path = `/api/v1/audit/events?resource=${resource}&order=asc&limit=100`;
      const { body } = await auditor.get<{ events: { action: string; actor: { name?: string } }[] }>(path);
      return body.events.map(({ action, actor }) => `${action} by ${actor.name ?? 'the server'}`);
    };
    // The receiver has a call before the server has recorded it, so a client can be faster than the record.
    const delivered = 'WebhookDelivered by the server';
    let told = await trail(`webhook:${webhookId}`);
    while (told.filter((event) => event === delivered).length < 2) {
      await new Promise((later) => setTimeout(later, 100));
      told = await trail(`webhook:${webhookId}`);
    }
    expect(told.filter((event) => event === delivered)).toHaveLength(2);
    expect(told.filter((event) => event !== delivered)).toEqual([
      'WebhookCreated by admin',
      'WebhookTested by admin',
      'WebhookUpdated by admin',
      'WebhookDeleted by admin',
    ]);
  });
});
