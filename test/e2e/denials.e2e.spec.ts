import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, freshServer, Http } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const PARTS = '/api/2.0/mlflow-artifacts/mpu';

interface Listed {
  readonly events: readonly { readonly event_id: string }[];
}

/** The codes of all denials in the trail. */
async function traced(reader: Http): Promise<readonly string[]> {
  const { body } = await reader.get<Listed>('/api/v1/audit/events?action=AccessDenied&limit=100');
  const codes = body.events.map(async ({ event_id }) => {
    const event = await reader.get<{ data: { code: string } }>(`/api/v1/audit/events/${event_id}`);
    if (event.status !== 200) throw new Error(JSON.stringify(event.body));
    return event.body.data.code;
  });
  return Promise.all(codes);
}

describe('a refusal with 403', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let open: Awaited<ReturnType<typeof freshServer>>;
  let ana: Http;
  let ben: Http;
  let eve: Http;
  let upload: { upload_id: string; credentials: readonly { url: string }[] };
  let folder: string;
  beforeAll(async () => {
    [custody, open] = await Promise.all([freshServer(), freshServer(['--open'])]);
    ana = await account(custody.admin, 'ana', ['analyst']);
    ben = await account(custody.admin, 'ben', ['analyst']);
    eve = await account(custody.admin, 'eve', ['reviewer']);
    const run = await ana.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, { experiment_id: '0' });
    folder = `0/${run.body.run.info.run_id}/artifacts`;
    upload = (await ana.post<typeof upload>(`${PARTS}/create/${folder}`, { path: 'x.bin', num_parts: 1 })).body;
    await ana.post(`${MLFLOW}/registered-models/create`, { name: 'detector' });
    await ana.post(`${MLFLOW}/model-versions/create`, { name: 'detector', source: 's3://bucket/m' });
    const move = { name: 'detector', version: '1', stage: 'Production', archive_existing_versions: false };
    expect((await eve.post(`${MLFLOW}/model-versions/transition-stage`, move)).status).toBe(200);
  });
  afterAll(() => Promise.all([custody.end(), open.end()]));

  const version = { name: 'detector', version: '1' };
  const alias = { ...version, alias: 'champion' };
  const part = () => new URL(upload.credentials[0]!.url).pathname;
  const own = { path: 'x.bin', parts: [] };
  const aged = async () => {
    const made = await custody.admin.post<{ one_time_password: string }>('/api/v1/users', {
      login: 'new',
      display_name: 'new',
      roles: ['analyst'],
    });
    return new Http(custody.url, 'new', made.body.one_time_password).get('/api/v1/users/me');
  };
  const tokenForBen = async () => {
    const { body } = await ben.get<{ user_id: string }>('/api/v1/users/me');
    return custody.admin.post('/api/v1/tokens', { label: 'x', user_id: body.user_id });
  };

  /** The token is made by the way, and its making is no denial. */
  const withLimits = async (limits: object, path: string, body: object) => {
    const { body: made } = await ben.post<{ token: string }>('/api/v1/tokens', { label: 'x', ...limits });
    return new Http(custody.url).post(path, body, { authorization: `Bearer ${made.token}` });
  };

  const denials: readonly (readonly [string, string, () => Promise<{ status: number }>])[] = [
    ['not-permitted', 'by the route', () => ana.post('/api/v1/users', { login: 'x', roles: [] })],
    [
      'not-permitted',
      'of deleting what is in Production',
      () => ana.send('DELETE', `${MLFLOW}/model-versions/delete`, version),
    ],
    [
      'not-permitted',
      'of deleting a model that is in Production',
      () => ana.send('DELETE', `${MLFLOW}/registered-models/delete`, version),
    ],
    ['not-permitted', 'of moving a governed alias', () => ana.post(`${MLFLOW}/registered-models/alias`, alias)],
    [
      'not-permitted',
      'of a move out of Production',
      () =>
        ana.post(`${MLFLOW}/model-versions/transition-stage`, {
          ...version,
          stage: 'Archived',
          archive_existing_versions: false,
        }),
    ],
    [
      'not-permitted',
      'of renaming what is in Production',
      () => ana.post(`${MLFLOW}/registered-models/rename`, { name: 'detector', new_name: 'old' }),
    ],
    [
      'not-your-upload',
      'of completing',
      () => ben.post(`${PARTS}/complete/${folder}`, { ...own, upload_id: upload.upload_id }),
    ],
    [
      'not-your-upload',
      'of aborting',
      () => ben.post(`${PARTS}/abort/${folder}`, { ...own, upload_id: upload.upload_id }),
    ],
    ['upload-token-wrong', 'without a token', () => new Http(custody.url).send('PUT', part(), 'bytes')],
    [
      'upload-token-wrong',
      'with another',
      () => new Http(custody.url).send('PUT', part(), 'bytes', { 'x-custody-upload': 'x' }),
    ],
    [
      'wrong-password',
      'of a new one',
      () => ana.post('/api/v1/users/me/password', { current: 'guess', new: 'a long enough new password' }),
    ],
    ['password-change-required', 'before anything else', aged],
    ['token-for-another-person', 'by an administrator', tokenForBen],
    [
      'token-limited',
      'by the route',
      () => withLimits({ read_only: true }, `${MLFLOW}/runs/create`, { experiment_id: '0' }),
    ],
    [
      'token-limited',
      'of making another token',
      () => withLimits({ actions: ['self:write'] }, '/api/v1/tokens', { label: 'more' }),
    ],
    [
      'not-local',
      'on an open server',
      () => new Http(open.url).get(`${MLFLOW}/runs/get?run_id=x`, { origin: 'https://evil.example' }),
    ],
  ];

  it.each(denials)('%s (%s) is in the trail, once', async (code, _what, ask) => {
    const reader = code === 'not-local' ? new Http(open.url) : custody.admin;
    const before = await traced(reader);
    expect((await ask()).status).toBe(403);
    const after = await traced(reader);
    expect(after.slice(0, after.length - before.length)).toEqual([code]);
  });

  it('of every code that there is, is tried here', () => {
    // No route of the product is without a permission: that is what `every route` proves.
    const elsewhere = ['no-permission-declared', 'promotion-required'];
    const tried = new Set([...denials.map(([code]) => code), ...elsewhere]);
    const { thrown, codes } = denialsInSource();
    expect(codes.filter((code) => !tried.has(code))).toEqual([]);
    expect(codes.length).toBeGreaterThan(5);
    expect(thrown).toEqual([]);
  });
});

/** Every code of a denial in the source, and where one is thrown by anybody but those who write it down first. */
function denialsInSource(): { codes: readonly string[]; thrown: readonly string[] } {
  const files = globSync('src/**/*.ts').filter((file) => !/\.spec\.ts$|\/testing\//.test(file));
  const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const codes = texts.flatMap(({ file, text }) => {
    const inDeciders = text.matchAll(/refuse\(\s*'denied',\s*'([a-z-]+)'/g);
    const inCommands = text.matchAll(/action: '[a-z:]+',\s*code: '([a-z-]+)'/g);
    const inAccess = file.startsWith('src/identity/access/') ? text.matchAll(/code: '([a-z-]+)'/g) : [];
    return [...inDeciders, ...inCommands, ...inAccess].map(([, code]) => code!);
  });
  const thrown = texts
    .filter(({ file, text }) => /errors\.denied\(/.test(text) && !file.startsWith('src/identity/access/'))
    .map(({ file }) => file);
  return { codes: [...new Set(codes)].sort(), thrown };
}
