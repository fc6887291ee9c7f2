import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { approval, sign, signatory } from '../support/approvals.js';
import { account, custody as command, freshServer, Http } from '../support/custody.js';
import { allRoutes } from '../support/routes.js';

const MLFLOW = '/api/2.0/mlflow';

/** Of the one who is erased: nothing of this may be left anywhere. */
const SECRETS = {
  login: 'zelda.quarrington',
  name: 'Zelda Ottoline Quarrington',
  mail: 'zelda.q@quarrington.example',
  address: '127.0.99.77',
  agent: 'quarrington-notebook/7',
  path: '/home/quarrington/train.py',
  label: 'quarrington night job',
  checked: 'passport of Zelda Quarrington',
} as const;
const TOLD = /quarrington|zelda|127\.0\.99\.77/i;

interface Created {
  readonly user_id: string;
  readonly one_time_password: string;
}

function files(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

/** Files of the data folder that hold a byte of it; UTF-8, and UTF-16 as SQLite could have it. */
function filesThatTell(folder: string): readonly string[] {
  const needles = Object.values(SECRETS).flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')]);
  return files(folder).filter((path) => {
    const bytes = readFileSync(path);
    return needles.some((needle) => bytes.includes(needle));
  });
}

async function eventually(check: () => boolean): Promise<void> {
  const until = Date.now() + 20_000;
  while (!check() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
}

describe('erasing a person', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let priya: Http;
  let otto: Http;
  let zelda: Http;
  let zeldaId: string;
  let runId: string;
  let modelId: string;
  let signatureId: string;
  let token: string;

  /** As the person does it, from an address and with a program that tell who it is. */
  const asZelda = { 'user-agent': SECRETS.agent, 'x-forwarded-for': SECRETS.address };

  beforeAll(async () => {
    custody = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '2', CUSTODY_TRUSTED_PROXIES: '127.0.0.1' });
    priya = await signatory(custody.admin, 'priya', ['privacy-officer']);
    otto = await signatory(custody.admin, 'otto', ['auditor']);
    const made = await custody.admin.post<Created>('/api/v1/users', {
      login: SECRETS.login,
      display_name: SECRETS.name,
      email: SECRETS.mail,
      roles: ['analyst', 'reviewer'],
      identity_verified: SECRETS.checked,
      reason: 'a test',
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    zeldaId = made.body.user_id;
    const password = 'a password that nobody guesses';
    await new Http(custody.url, SECRETS.login, made.body.one_time_password).post(
      '/api/v1/users/me/password',
      { current: made.body.one_time_password, new: password },
      asZelda,
    );
    zelda = new Http(custody.url, SECRETS.login, password);
    await live();
  }, 120_000);
  afterAll(() => custody.end());

  /** All that leaves personal data somewhere. */
  async function live(): Promise<void> {
    const { version } = (await zelda.get<{ version: number }>('/api/v1/users/me/signature-acceptance', asZelda)).body;
    const accepted = { version, password: zelda.password };
    expect((await zelda.post('/api/v1/users/me/signature-acceptance', accepted, asZelda)).status).toBe(200);
    token = (await zelda.post<{ token: string }>('/api/v1/tokens', { label: SECRETS.label }, asZelda)).body.token;
    const tags = [
      { key: 'mlflow.user', value: SECRETS.login },
      { key: 'mlflow.source.name', value: SECRETS.path },
    ];
    const { body } = await zelda.post<{ run: { info: { run_id: string } } }>(
      `${MLFLOW}/runs/create`,
      { experiment_id: '0', user_id: SECRETS.login, tags },
      asZelda,
    );
    runId = body.run.info.run_id;
    const source = JSON.stringify({ tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) });
    const dataset = { name: 'wells', digest: 'd1', source_type: 'code', source };
    expect(
      (await zelda.post(`${MLFLOW}/runs/log-inputs`, { run_id: runId, datasets: [{ dataset, tags: [] }] }, asZelda))
        .status,
    ).toBe(200);
    const { model } = (
      await zelda.post<{ model: { info: { model_id: string } } }>(
        `${MLFLOW}/logged-models`,
        { experiment_id: '0', name: 'm', tags },
        asZelda,
      )
    ).body;
    modelId = model.info.model_id;
    await zelda.post('/api/v1/sessions', { login: SECRETS.login, password: zelda.password }, asZelda);
    // A try with a wrong password claims the name.
    await new Http(custody.url, SECRETS.login, 'wrong').get('/api/v1/users/me', asZelda);
    // A decision of theirs, so that the register of signatures has their printed name.
    const gina = await account(custody.admin, 'gina', ['analyst']);
    await gina.post(`${MLFLOW}/registered-models/create`, { name: 'wells' });
    await gina.post(`${MLFLOW}/model-versions/create`, { name: 'wells', source: 's3://bucket/m' });
    const move = { name: 'wells', version: '1', stage: 'Production', archive_existing_versions: false };
    await gina.post(`${MLFLOW}/model-versions/transition-stage`, move);
    const signed = await sign(zelda, 1);
    expect(signed.status).toBe(200);
    signatureId = (signed.body as { signature_id: string }).signature_id;
  }

  /** What every route that only reads answers, as somebody who may see all of it. */
  async function answers(): Promise<string> {
    const everything = await account(custody.admin, `see.all.${Date.now()}`, [
      'auditor',
      'privacy-officer',
      'reviewer',
      'analyst',
    ]);
    const query = new URLSearchParams({
      experiment_id: '0',
      run_id: runId,
      model_id: modelId,
      name: 'wells',
      version: '1',
    });
    const texts: string[] = [];
    for (const { method, paths } of allRoutes())
      for (const path of paths) {
        if (method !== 'GET') continue;
        for (const id of [zeldaId, signatureId, '1', runId]) {
          const url = path
            .replace(':model_id', modelId)
            .replace(':name', 'wells')
            .replace(/:\w+/g, id)
            .replace('*', 'x');
          const { body } = await everything.get(`${url}?${query.toString()}`);
          texts.push(`${path} ${JSON.stringify(body)}`);
          if (!path.includes(':')) break;
        }
      }
    const search = { experiment_ids: ['0'], max_results: 10 };
    texts.push(JSON.stringify((await everything.post(`${MLFLOW}/runs/search`, search)).body));
    texts.push(JSON.stringify((await everything.post(`${MLFLOW}/logged-models/search`, search)).body));
    const { body: trail } = await everything.get<{ events: { event_id: string }[] }>('/api/v1/audit/events?limit=1000');
    for (const { event_id } of trail.events)
      texts.push(JSON.stringify((await everything.get(`/api/v1/audit/events/${event_id}`)).body));
    return texts
      .filter((text) => TOLD.test(text))
      .join('\n')
      .slice(0, 2000);
  }

  const request = (who: Http, body: object = { user_id: zeldaId, reason: 'asked to be forgotten' }) =>
    who.post<Record<string, unknown>>('/api/v1/erasures', body);

  it('has something to erase: answers and files tell of the person before', async () => {
    expect(await answers()).toMatch(TOLD);
    const names = filesThatTell(custody.data).map((path) => path.slice(custody.data.length + 1));
    expect(names.join()).toMatch(/read-models\.db/);
  }, 120_000);

  it.each([
    ['nobody by that login', { login: 'nobody.there', reason: 'x' }, 404, 'user-not-found'],
    ['what is no id', { user_id: '../keys', reason: 'x' }, 404, 'user-not-found'],
    ['both login and id', { user_id: 'u-1', login: 'x', reason: 'x' }, 400, 'subject-unclear'],
    ['neither', { reason: 'x' }, 400, 'subject-unclear'],
    ['no reason', { login: SECRETS.login }, 400, undefined],
  ])('of %s is answered for what it is', async (_what, body, status, code) => {
    const answer = await request(priya, body);
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(answer.body).toMatchObject({ code });
  });

  it('of oneself, of a service and of the last administrator is refused', async () => {
    const me = async (who: Http) => (await who.get<{ user_id: string }>('/api/v1/users/me')).body.user_id;
    expect((await request(priya, { user_id: await me(priya), reason: 'x' })).body).toMatchObject({
      code: 'own-account',
    });
    expect((await request(priya, { user_id: await me(custody.admin), reason: 'x' })).body).toMatchObject({
      code: 'last-administrator',
    });
    const robot = await custody.admin.post<Created>('/api/v1/users', { login: 'robot', kind: 'service', roles: [] });
    expect((await request(priya, { user_id: robot.body.user_id, reason: 'x' })).body).toMatchObject({
      code: 'not-a-person',
    });
  });

  it('is for privacy officers and administrators to ask for, and for nobody else', async () => {
    expect((await request(zelda)).status).toBe(403);
    expect((await request(otto)).status).toBe(403);
  });

  it('of somebody under legal hold is refused, and goes on when the hold is lifted', async () => {
    for (const on of [{ user_id: zeldaId }, { everything: true }]) {
      const held = await otto.post<{ hold_id: string }>('/api/v1/legal-holds', { ...on, reason: 'case 26-114' });
      expect(held.status).toBe(201);
      const refused = await request(priya);
      expect(refused.body).toMatchObject({ code: 'legal-hold' });
      expect(JSON.stringify(refused.body)).toContain(held.body.hold_id);
      expect((await priya.post(`/api/v1/legal-holds/${held.body.hold_id}/lift`, { reason: 'closed' })).status).toBe(
        200,
      );
    }
  });

  it('is refused while a model is held that the person worked on, and only then', async () => {
    await zelda.post(`${MLFLOW}/registered-models/create`, { name: 'held' }, asZelda);
    const other = await otto.post<{ hold_id: string }>('/api/v1/legal-holds', { model: 'wells', reason: 'x' });
    expect(other.status).toBe(201);
    const held = await otto.post<{ hold_id: string }>('/api/v1/legal-holds', { model: 'held', reason: 'x' });
    const { body } = await request(priya);
    expect(String(body['detail'])).toContain(held.body.hold_id);
    expect(String(body['detail'])).not.toContain(other.body.hold_id);
    for (const { hold_id } of [other.body, held.body])
      await otto.post(`/api/v1/legal-holds/${hold_id}/lift`, { reason: 'closed' });
    expect((await otto.post('/api/v1/legal-holds', { model: 'no such model', reason: 'x' })).status).toBe(404);
  });

  it('becomes void when a hold comes before the approval does', async () => {
    const asked = await request(custody.admin);
    expect(asked.status).toBe(201);
    const held = await otto.post<{ hold_id: string }>('/api/v1/legal-holds', { user_id: zeldaId, reason: 'x' });
    expect((await sign(priya, Number(asked.body['number']))).status).toBe(409);
    expect(await approval(priya, Number(asked.body['number']))).toMatchObject({ state: 'void' });
    await otto.post(`/api/v1/legal-holds/${held.body.hold_id}/lift`, { reason: 'closed' });
    expect((await zelda.get('/api/v1/users/me')).status).toBe(200);
  });

  it('takes a privacy officer and an auditor, neither of whom asked, and happens once both have signed', async () => {
    const env = { CUSTODY_URL: custody.url, CUSTODY_USERNAME: 'admin', CUSTODY_PASSWORD: custody.admin.password! };
    const asked = await command(['erase', zeldaId, '--reason', 'asked to be forgotten', '--json'], env);
    expect(asked.err).toBe('');
    const { number } = JSON.parse(asked.out) as { number: number };
    expect(await approval(otto, number)).toMatchObject({
      state: 'open',
      missing: [
        { role: 'privacy-officer', approvals: 1 },
        { role: 'auditor', approvals: 1 },
      ],
      dossier: { content: { kind: 'erasure', user_id: zeldaId } },
    });
    expect((await sign(priya, number)).body).toMatchObject({ state: 'open' });
    expect((await zelda.get('/api/v1/users/me')).status).toBe(200);
    expect((await sign(otto, number)).body).toMatchObject({ state: 'carried-out' });
  }, 60_000);

  it('ends the account: password, token and session open nothing any more', async () => {
    expect((await zelda.get('/api/v1/users/me')).status).toBe(401);
    const byToken = await new Http(custody.url).get('/api/v1/users/me', { authorization: `Bearer ${token}` });
    expect(byToken.status).toBe(401);
    const again = await new Http(custody.url).post('/api/v1/sessions', {
      login: SECRETS.login,
      password: zelda.password,
    });
    expect(again.status).toBe(401);
  });

  it('leaves the signature verifiable, under the pseudonym', async () => {
    const { body } = await otto.get<{ signature: object }>(`/api/v1/signatures/${signatureId}`);
    expect(JSON.stringify(body)).not.toMatch(TOLD);
    expect(body.signature).toMatchObject({
      signer: zeldaId,
      printed_name: '[erased]',
      verification: { holds: true, statement: true, made: true, linked: true, dossier: true },
    });
  });

  it('is told as an event, once, and the person is a pseudonym in the list of accounts', async () => {
    const { body } = await otto.get<{ events: { resource: { id: string } }[] }>(
      '/api/v1/audit/events?action=PersonErased',
    );
    expect(body.events.map(({ resource }) => resource.id)).toEqual([zeldaId]);
    const { users } = (await custody.admin.get<{ users: { user_id: string; login: string }[] }>('/api/v1/users')).body;
    expect(users.find(({ user_id }) => user_id === zeldaId)).toMatchObject({ login: '[erased]', disabled: true });
  });

  it('leaves no trace in any answer', async () => {
    expect(await answers()).toBe('');
  }, 120_000);

  it('leaves no byte of it in any file of the data folder, journals included', async () => {
    await eventually(() => filesThatTell(custody.data).length === 0);
    expect(filesThatTell(custody.data)).toEqual([]);
  }, 30_000);

  it('leaves runs, models and inputs where they are, with [erased] in place of the person', async () => {
    const { body } = await otto.get(`${MLFLOW}/runs/get?run_id=${runId}`);
    expect(JSON.stringify(body)).toContain('[erased]');
    expect(JSON.stringify((await otto.get(`${MLFLOW}/logged-models/${modelId}`)).body)).toContain('[erased]');
  });

  it('twice is refused, and so is a hold on somebody who is gone', async () => {
    expect((await request(priya)).body).toMatchObject({ code: 'person-erased' });
    expect((await otto.post('/api/v1/legal-holds', { user_id: zeldaId, reason: 'x' })).body).toMatchObject({
      code: 'person-erased',
    });
  });

  it('does not come back with the login: it stays taken, and trying it leaves no name', async () => {
    expect((await custody.admin.post('/api/v1/users', { login: SECRETS.login, roles: [] })).body).toMatchObject({
      code: 'user-exists',
    });
    await new Http(custody.url, SECRETS.login, 'x').get('/api/v1/users/me', asZelda);
    expect(await answers()).toBe('');
    expect(filesThatTell(custody.data)).toEqual([]);
  }, 120_000);
});
