import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AUDIENCE, LabProvider, PIPELINE, WEB } from '../../src/identity/oidc/testing/lab-provider.js';
import { ProviderBrowser } from '../../src/identity/oidc/testing/provider-browser.js';
import { freshServer, Http } from '../support/custody.js';
import { PYTHON, withPython } from '../support/python.js';

let provider: LabProvider;
let custody: Awaited<ReturnType<typeof freshServer>>;

/** The provider knows our address before we have it, as in a laboratory. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

beforeAll(async () => {
  const port = await freePort();
  const redirectUri = `http://127.0.0.1:${port}/api/v1/oidc/callback`;
  provider = await LabProvider.start({ redirectUri });
  provider.directory.set(PIPELINE.id, { groups: { custody: ['pipelines'] } });
  provider.directory.set('ana', { preferred_username: 'ana.lyst', groups: { custody: ['people'] } });
  provider.away();
  custody = await freshServer(['--port', String(port)], {
    CUSTODY_OIDC_ISSUER: provider.issuer,
    CUSTODY_OIDC_AUDIENCE: AUDIENCE,
    CUSTODY_OIDC_CLIENT_ID: WEB.id,
    CUSTODY_OIDC_CLIENT_SECRET: WEB.secret,
    CUSTODY_OIDC_REDIRECT_URI: redirectUri,
    CUSTODY_OIDC_IDENTITY_VERIFIED: 'HR saw a passport, SOP-12',
    CUSTODY_OIDC_ROLE_CLAIM: 'groups.custody',
    CUSTODY_OIDC_ROLE_MAP: 'pipelines=analyst,people=viewer,people=auditor',
  });
  provider.serve();
});
afterAll(async () => {
  await provider.stop();
  await custody.end();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a server that was started while its OpenID provider was away', () => {
  it('takes access tokens of programs and people once it is back', async () => {
    const http = new Http(custody.url);
    const pipeline = await http.get('/api/v1/users/me', bearer(await provider.clientCredentials()));
    expect(pipeline.body).toMatchObject({ login: PIPELINE.id, kind: 'service', roles: ['analyst'] });
    const [token] = [await provider.sign({ sub: 'ana', ...provider.directory.get('ana') })];
    const ana = await http.get('/api/v1/users/me', bearer(token));
    expect(ana.body).toMatchObject({ login: 'ana.lyst', kind: 'person', roles: ['viewer', 'auditor'] });
  });

  it('answers a wrong token in MLflow’s shape, and the trail tells what was wrong', async () => {
    const token = await provider.sign({ sub: 'ana', aud: 'urn:lab:lims' });
    const refused = await new Http(custody.url).post('/api/2.0/mlflow/runs/create', {}, bearer(token));
    expect([refused.status, refused.body]).toEqual([401, expect.objectContaining({ error_code: 'UNAUTHENTICATED' })]);
    const trail = await custody.admin.get<{ events: { event_id: string }[] }>(
      '/api/v1/audit/events?action=SignInFailed&order=desc&limit=1',
    );
    const event = await custody.admin.get(`/api/v1/audit/events/${trail.body.events[0]!.event_id}`);
    expect(JSON.stringify(event.body)).toContain('"why":"jwt-audience"');
  });

  it('signs a person in through the browser', async () => {
    const login = await fetch(`${custody.url}/api/v1/oidc/login?return_to=/runs`, { redirect: 'manual' });
    const waiting = login.headers.getSetCookie()[0]!.split(';')[0]!;
    const back = await new ProviderBrowser().signIn(login.headers.get('location')!, custody.url, 'ana');
    const page = await fetch(back, { headers: { cookie: waiting } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('url=/runs"')]);
    const session = page.headers.getSetCookie().find((cookie) => cookie.startsWith('custody_session='))!;
    const me = await new Http(custody.url).get('/api/v1/users/me', { cookie: session.split(';')[0]! });
    expect(me.body).toMatchObject({ login: 'ana.lyst', roles: ['viewer', 'auditor'] });
  });
});

withPython('the unmodified mlflow client with a token of the provider', () => {
  it('logs, ends and reads back a run as the program that got the token', async () => {
    const env = {
      PATH: process.env['PATH'],
      HOME: custody.data,
      PYTHONDONTWRITEBYTECODE: '1',
      MLFLOW_TRACKING_URI: custody.url,
      MLFLOW_TRACKING_TOKEN: await provider.clientCredentials(),
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
    };
    const script = resolve('test/clients/python/tracking_story.py');
    const { stdout } = await promisify(execFile)(PYTHON, ['-W', 'ignore', script], { env });
    const { run_id } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { run_id: string };
    const trail = await custody.admin.get<{
      events: { action: string; actor: { name?: string; kind: string; via: string } }[];
    }>(`/api/v1/audit/events?resource=run:${run_id}&order=asc&limit=100`);
    expect(trail.body.events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['RunStarted', 'MetricsLogged', 'RunEnded']),
    );
    for (const { actor } of trail.body.events)
      expect(actor).toMatchObject({ name: PIPELINE.id, kind: 'service', via: 'oidc' });
  }, 180_000);
});
