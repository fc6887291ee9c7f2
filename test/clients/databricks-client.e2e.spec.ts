import { execFile, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signatory } from '../support/approvals.js';
import { account, freshServer, Http } from '../support/custody.js';
import { PYTHON } from '../support/python.js';

const run = promisify(execFile);
const installed = spawnSync(PYTHON, ['-c', 'import databricks.sdk']).status === 0;

// In CI the client must be there; on a developer's machine without it the suite says that it was skipped.
const suite = process.env['CI'] || installed ? describe : describe.skip;

suite("the registry, to Databricks' own client", () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  const people: Record<string, Http> = {};
  let auditor: Http;
  let receiver: Server;
  const calls: { readonly body: string; readonly signature: unknown; readonly authorization: unknown }[] = [];

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { 'x-databricks-signature': signature, authorization } = request.headers;
        calls.push({ body: Buffer.concat(chunks).toString(), signature, authorization });
        response.writeHead(200).end('thanks');
      });
    });
    await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready));
    custody = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '2', CUSTODY_WEBHOOK_LOOPBACK: 'true' });
    people['ANA'] = await account(custody.admin, 'ana', ['analyst']);
    people['REX'] = await signatory(custody.admin, 'rex', ['reviewer']);
    people['RIA'] = await signatory(custody.admin, 'ria', ['reviewer']);
    people['ADMIN'] = custody.admin;
    auditor = await account(custody.admin, 'aud', ['auditor']);
  });
  afterAll(async () => {
    await custody.end();
    await new Promise((closed) => receiver.close(closed));
  });

  it('has requests, comments, stages and webhooks, and is signed with the password of the request', async () => {
    const token = await people['REX']!.post<{ token: string }>('/api/v1/tokens', { label: 'sdk' });
    const { stdout } = await run(PYTHON, [resolve('test/clients/python/databricks_registry.py'), custody.url], {
      env: {
        PATH: process.env['PATH'],
        HOME: custody.data,
        CUSTODY_TEST_RECEIVER: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
        REX_TOKEN: token.body.token,
        ...Object.fromEntries(
          Object.entries(people).flatMap(([name, { login, password }]) => [
            [`${name}_LOGIN`, login],
            [`${name}_PASSWORD`, password],
          ]),
        ),
      },
    });
    const { webhook_id: id } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { webhook_id: string };

    const events = calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    for (const { body, signature, authorization } of calls)
      expect([signature, authorization]).toEqual([
        createHmac('sha256', 's3cret').update(body).digest('hex'),
        'Bearer t0ken',
      ]);
    expect(events[0]).toMatchObject({ event: 'COMMENT_CREATED', model_name: 'example_model' });
    const log = await custody.admin.get<{ deliveries: { state: string; event: string }[] }>(
      `/api/v1/webhooks/${id}/deliveries`,
    );
    expect(log.body.deliveries.at(-1)).toMatchObject({ state: 'tested', event: 'COMMENT_CREATED' });

    const activities = await people['ANA']!.get<{ activities: Record<string, string>[] }>(
      '/api/v1/model-versions/activities?name=lims_contamination_detector&version=1',
    );
    expect(
      activities.body.activities.map(({ activity_type, to_stage, comment }) => [activity_type, to_stage, comment]),
    ).toEqual([
      ['APPLIED_TRANSITION', 'Production', expect.any(String)],
      ['APPROVED_REQUEST', 'Production', 'I agree'],
      ['APPROVED_REQUEST', 'Production', 'Evidence is complete'],
      ['REQUESTED_TRANSITION', 'Production', undefined],
      ['APPLIED_TRANSITION', 'Staging', 'first try'],
    ]);

    const { body } = await auditor.get<{ events: { action: string; actor: { name?: string } }[] }>(
      '/api/v1/audit/events?order=asc&limit=1000',
    );
    const trail = body.events.map(({ action, actor }) => `${action} by ${actor.name ?? 'the server'}`);
    expect(trail).toEqual(
      expect.arrayContaining([
        'ModelVersionCommented by ana',
        'ModelVersionCommentDeleted by ana',
        'ApprovalRequested by ana',
        'ApprovalSigned by rex',
        'ApprovalSigned by ria',
        'ApprovalRejected by rex',
        'ApprovalWithdrawn by ana',
        'AccessDenied by rex',
      ]),
    );
  });
});
