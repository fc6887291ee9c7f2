import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, Answer, freshServer, Http } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';

interface Issued {
  readonly token_id: string;
  readonly token: string;
}
interface Shown {
  readonly token_id: string;
  readonly last_used_at?: string;
  readonly limits?: object;
  readonly old_secret_until?: string;
}

describe('a token', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let ana: Http;
  let ids: Readonly<Record<'lims' | 'air', string>>;

  const issue = async (body: object): Promise<Issued> => {
    const answer = await ana.post<Issued>('/api/v1/tokens', { label: 'of a test', ...body });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  const asToken = (token: string) => {
    const http = new Http(custody.url);
    return <T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> =>
      http.send<T>(method, path, body, { authorization: `Bearer ${token}` });
  };
  const shown = async (id: string): Promise<Shown | undefined> => {
    const { body } = await ana.get<{ tokens: Shown[] }>('/api/v1/tokens');
    return body.tokens.find(({ token_id }) => token_id === id);
  };
  const denials = async (): Promise<number> => {
    const { body } = await custody.admin.get<{ events: unknown[] }>(
      '/api/v1/audit/events?action=AccessDenied&limit=1000',
    );
    return body.events.length;
  };

  beforeAll(async () => {
    custody = await freshServer([], { CUSTODY_TOKEN_MAX_GRACE_MINUTES: '90' });
    ana = await account(custody.admin, 'ana', ['analyst']);
    const create = async (name: string) =>
      (await ana.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, { name })).body.experiment_id;
    ids = { lims: await create('LIMS 1'), air: await create('air') };
    for (const name of ['LIMS model', 'air model']) await ana.post(`${MLFLOW}/registered-models/create`, { name });
  });
  afterAll(() => custody.end());

  it('for reading only reads, and each other try is a denial of its own', async () => {
    const { token, token_id: id } = await issue({ read_only: true });
    const send = asToken(token);
    const before = await denials();
    expect((await send('GET', `${MLFLOW}/experiments/get?experiment_id=${ids.lims}`)).status).toBe(200);
    const refused = await send('POST', `${MLFLOW}/runs/create`, { experiment_id: ids.lims });
    expect([refused.status, refused.body['message']]).toEqual([403, expect.stringContaining('limited')]);
    expect((await send('POST', '/api/v1/tokens', { label: 'more' })).status).toBe(403);
    expect(await denials()).toBe(before + 2);
    expect(await shown(id)).toMatchObject({ limits: { read_only: true }, last_used_at: expect.any(String) as unknown });
  });

  it('for some actions does those, and never more than its owner may', async () => {
    const send = asToken((await issue({ actions: ['run:write', 'model:promote'] })).token);
    expect((await send('POST', `${MLFLOW}/runs/create`, { experiment_id: ids.lims })).status).toBe(200);
    expect((await send('GET', `${MLFLOW}/experiments/get?experiment_id=${ids.lims}`)).status).toBe(403);
    const promote = { name: 'LIMS model', alias: 'champion', version: '1' };
    expect((await send('POST', `${MLFLOW}/registered-models/alias`, promote)).status).toBe(403);
  });

  it('for some names is about nothing else, lists and counts included', async () => {
    const send = asToken((await issue({ experiments: ['LIMS*'] })).token);
    expect((await send('GET', `${MLFLOW}/experiments/get?experiment_id=${ids.lims}`)).status).toBe(200);
    expect((await send('GET', `${MLFLOW}/experiments/get?experiment_id=${ids.air}`)).status).toBe(403);
    expect((await send('POST', `${MLFLOW}/experiments/create`, { name: 'soil' })).status).toBe(403);
    expect((await send('POST', `${MLFLOW}/experiments/create`, { name: 'LIMS 2' })).status).toBe(200);
    const { body } = await send<{ experiments: { name: string }[] }>('POST', `${MLFLOW}/experiments/search`, {
      max_results: 100,
    });
    expect(body.experiments.map(({ name }) => name).sort()).toEqual(['LIMS 1', 'LIMS 2']);
    expect((await send('GET', `${MLFLOW}/registered-models/search`)).body).toEqual({});
    expect((await send('GET', '/api/v1/users/me')).status).toBe(403);
  });

  it('narrows what its owner may for some names only', async () => {
    const bob = await account(custody.admin, 'bob', []);
    const { user_id: id } = (await bob.get<{ user_id: string }>('/api/v1/users/me')).body;
    const grant = { role: 'viewer', experiments: 'LIMS*', reason: 'a test' };
    await custody.admin.post(`/api/v1/users/${id}/grants`, grant);
    const { token } = (await bob.post<Issued>('/api/v1/tokens', { label: 'l', experiments: ['LIMS 1', 'air'] })).body;
    const send = asToken(token);
    const { body } = await send<{ experiments: { name: string }[] }>('POST', `${MLFLOW}/experiments/search`, {
      max_results: 100,
    });
    expect(body.experiments.map(({ name }) => name)).toEqual(['LIMS 1']);
    expect((await send('GET', `${MLFLOW}/experiments/get?experiment_id=${ids.air}`)).status).toBe(403);
  });

  it.each([
    { actions: [] },
    { actions: ['everything'] },
    { actions: 'run:read' },
    { experiments: ['^LIMS'] },
    { models: [''] },
    { read_only: 'yes' },
  ])('with the limits %j is refused by the field’s name', async (limits) => {
    const answer = await ana.post<{ field?: string }>('/api/v1/tokens', { label: 'l', ...limits });
    expect([answer.status, answer.body.field]).toEqual([400, Object.keys(limits)[0]]);
  });

  it('gets another secret, and the old one goes on for the time that was asked for', async () => {
    const first = await issue({ read_only: true });
    const rotate = (id: string, body: object) => ana.post<Issued>(`/api/v1/tokens/${id}/rotate`, body);
    const me = async (token: string) => (await asToken(token)('GET', '/api/v1/users/me')).status;
    const second = (await rotate(first.token_id, { grace_minutes: 90 })).body;
    expect(second.token_id).toBe(first.token_id);
    expect([await me(first.token), await me(second.token)]).toEqual([200, 200]);
    expect((await asToken(second.token)('POST', `${MLFLOW}/runs/create`, { experiment_id: ids.lims })).status).toBe(
      403,
    );
    expect(await shown(first.token_id)).toHaveProperty('old_secret_until');
    const third = (await rotate(first.token_id, { grace_minutes: 0 })).body;
    expect([await me(first.token), await me(second.token), await me(third.token)]).toEqual([401, 401, 200]);
    const tooLong = await ana.post<{ field: string }>(`/api/v1/tokens/${first.token_id}/rotate`, { grace_minutes: 91 });
    expect([tooLong.status, tooLong.body.field]).toEqual([400, 'grace_minutes']);
    await ana.send('DELETE', `/api/v1/tokens/${first.token_id}`);
    expect(await me(third.token)).toBe(401);
    expect((await rotate(first.token_id, {})).status).toBe(404);
  });

  it('is given another secret by its owner only, and not with a limited one', async () => {
    const whole = await issue({});
    const limited = await issue({ actions: ['self:write'] });
    const path = `/api/v1/tokens/${whole.token_id}/rotate`;
    expect((await asToken(limited.token)('POST', path, {})).status).toBe(403);
    expect((await custody.admin.post(path, {})).status).toBe(403);
    const bob = await account(custody.admin, 'other', ['analyst']);
    expect((await bob.post(path, {})).status).toBe(403);
    expect((await ana.post('/api/v1/tokens/t-none/rotate', {})).status).toBe(404);
  });
});
