import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { sign, signatory } from '../support/approvals.js';
import { account, freshServer, Http, withPassword } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const PARTS = '/api/2.0/mlflow-artifacts/mpu';

/** These are tried where a setting wants approvals. */
const GOVERNED: ReadonlySet<string> = new Set([
  'approval-required',
  'not-independent',
  'signed-already',
  'approval-role-missing',
  'role-taken-in-need',
  'not-a-person',
  'signature-needs-password',
  'comment-of-another',
  'not-your-request',
  'governed-tag',
  'rename-changes-policy',
]);

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
  let governed: Awaited<ReturnType<typeof freshServer>>;
  let gia: Http;
  let rex: Http;
  let tom: Http;
  beforeAll(async () => {
    [custody, open, governed] = await Promise.all([
      freshServer([], { CUSTODY_SECOND_FACTOR_ROLES: 'privacy-officer' }),
      freshServer(['--open']),
      freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '2' }),
    ]);
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
  /** Where promotions take approvals: request 1 is about a version that tom trained, and rex has signed. */
  beforeAll(async () => {
    gia = await account(governed.admin, 'gia', ['analyst']);
    rex = await signatory(governed.admin, 'rex', ['reviewer']);
    tom = await signatory(governed.admin, 'tom', ['reviewer', 'analyst']);
    const { run } = (
      await tom.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, { experiment_id: '0' })
    ).body;
    const { run_id } = run.info;
    await gia.post(`${MLFLOW}/registered-models/create`, { name: 'detector' });
    await gia.post(`${MLFLOW}/model-versions/create`, { name: 'detector', source: `runs:/${run_id}/model`, run_id });
    await gia.post(`${MLFLOW}/model-versions/transition-stage`, promotion);
    expect((await sign(rex, 1)).body).toMatchObject({ state: 'open' });
    await publishes();
  });
  afterAll(() => Promise.all([custody.end(), open.end(), governed.end()]));

  const version = { name: 'detector', version: '1' };
  const alias = { ...version, alias: 'champion' };
  const promotion = { ...version, stage: 'Production', archive_existing_versions: false };
  const byServiceAccount = async () => {
    const service = { login: 'signing-robot', kind: 'service', roles: ['reviewer'], reason: 'a test' };
    const made = await governed.admin.post<{ user_id: string }>('/api/v1/users', service);
    const { user_id } = made.body;
    const { body } = await governed.admin.post<{ token: string }>('/api/v1/tokens', { label: 'x', user_id });
    return decided({ authorization: `Bearer ${body.token}` });
  };
  const decided = async (headers: Record<string, string>) => {
    const { body } = await rex.get<{ dossier: { digest: string } }>('/api/v1/approvals/1');
    const decision = { decision: 'approve', meaning: 'approved', reason: 'x', digest: body.dossier.digest };
    return new Http(governed.url).post('/api/v1/approvals/1/decisions', { ...decision, password: 'x' }, headers);
  };
  const signsByToken = async () => {
    const { body } = await rex.post<{ token: string }>('/api/v1/tokens', { label: 'x' });
    const asked = { ...promotion, comment: 'x' };
    const headers = { authorization: `Bearer ${body.token}` };
    return new Http(governed.url).post(`${MLFLOW}/transition-requests/approve`, asked, headers);
  };
  const changesAnothersComment = async () => {
    const { body } = await gia.post<{ comment: { id: string } }>(`${MLFLOW}/comments/create`, {
      ...version,
      comment: 'as trained',
    });
    return rex.send('PATCH', `${MLFLOW}/comments/update`, { id: body.comment.id, comment: 'as I would have it' });
  };
  const ownRequest = async () => {
    const { body } = await tom.post<{ message: string }>(`${MLFLOW}/registered-models/alias`, alias);
    return sign(tom, /request (\d+) /.exec(body.message)![1]!);
  };
  /** A policy that is in force for one model only, which nobody promotes here. */
  const publishes = async () => {
    const adi = await signatory(governed.admin, 'adi', ['admin']);
    const source =
      'custody_policy: 1\nname: named\nmodels: ["named"]\nprotects: { stages: [Production] }\n' +
      'approvals: { steps: [{ role: reviewer }] }\n';
    expect((await governed.admin.post('/api/v1/policies', { source })).status).toBe(201);
    const path = '/api/v1/policies/named/versions/1/proposal';
    const { body } = await governed.admin.post<{ approval_id: string }>(path, { reason: 'a test' });
    await sign(rex, body.approval_id);
    expect((await sign(adi, body.approval_id)).body).toMatchObject({ state: 'carried-out' });
    await gia.post(`${MLFLOW}/registered-models/create`, { name: 'named' });
  };
  const renamesAway = () => gia.post(`${MLFLOW}/registered-models/rename`, { name: 'named', new_name: 'free' });
  const part = () => new URL(upload.credentials[0]!.url).pathname;
  const own = { path: 'x.bin', parts: [] };
  const aged = async () => {
    const made = await custody.admin.post<{ one_time_password: string }>('/api/v1/users', {
      login: 'new',
      display_name: 'new',
      roles: ['analyst'],
      reason: 'a test',
    });
    return new Http(custody.url, 'new', made.body.one_time_password).get('/api/v1/users/me');
  };
  const pending = async () => {
    const body = { login: 'unknown', display_name: 'unknown', roles: ['admin'], reason: 'a test' };
    const made = await custody.admin.post<{ one_time_password: string }>('/api/v1/users', body);
    const { one_time_password: current } = made.body;
    return (await withPassword(custody.url, 'unknown', current, 'a password of their own')).get('/api/v1/users');
  };
  const vouchesForItself = async () => {
    const { body } = await custody.admin.get<{ user_id: string }>('/api/v1/users/me');
    return custody.admin.post(`/api/v1/users/${body.user_id}/identity-verification`, { how: 'it is me' });
  };
  const removesTheLast = async () => {
    const service = await custody.admin.post<{ user_id: string }>('/api/v1/users', {
      login: 'robot',
      kind: 'service',
      roles: ['admin'],
      reason: 'a test',
    });
    const token = { label: 'x', user_id: service.body.user_id };
    const { body } = await custody.admin.post<{ token: string }>('/api/v1/tokens', token);
    const { user_id } = (await custody.admin.get<{ user_id: string }>('/api/v1/users/me')).body;
    const authorization = `Bearer ${body.token}`;
    return new Http(custody.url).post(`/api/v1/users/${user_id}/disable`, {}, { authorization });
  };
  const directoryLetsBack = async () => {
    const service = { login: 'directory', kind: 'service', roles: ['provisioner'], reason: 'a test' };
    const { user_id } = (await custody.admin.post<{ user_id: string }>('/api/v1/users', service)).body;
    const { body } = await custody.admin.post<{ token: string }>('/api/v1/tokens', { label: 'scim', user_id });
    const dismissed = await custody.admin.post<{ user_id: string }>('/api/v1/users', { login: 'gone', roles: [] });
    await custody.admin.post(`/api/v1/users/${dismissed.body.user_id}/disable`, {});
    const sent = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'gone', active: true };
    const authorization = `Bearer ${body.token}`;
    return new Http(custody.url).send('PUT', `/scim/v2/Users/${dismissed.body.user_id}`, sent, { authorization });
  };
  const tokenForBen = async () => {
    const { body } = await ben.get<{ user_id: string }>('/api/v1/users/me');
    return custody.admin.post('/api/v1/tokens', { label: 'x', user_id: body.user_id });
  };

  const enrolFirst = async () =>
    (await account(custody.admin, 'pri.vacy', ['privacy-officer'])).get('/api/v1/users/me');
  const byToken = async () => {
    const { body } = await ana.post<{ token: string }>('/api/v1/tokens', { label: 'x' });
    return new Http(custody.url, 'ana', body.token).post('/api/v1/users/me/second-factor', {});
  };
  const need = { role: 'reviewer', minutes: 5, reason: 'a test' };
  const decidesInNeed = async () => {
    const vic = await signatory(governed.admin, 'vic', ['viewer']);
    const { body: me } = await vic.get<{ user_id: string }>('/api/v1/users/me');
    await governed.admin.post(`/api/v1/users/${me.user_id}/break-glass`, { allowed: true, reason: 'a test' });
    expect((await vic.post('/api/v1/break-glass', need)).status).toBe(201);
    return sign(vic, 1);
  };
  const ownReview = async () => {
    const olga = await account(custody.admin, 'ol.ga', ['auditor']);
    const { body: me } = await olga.get<{ user_id: string }>('/api/v1/users/me');
    await custody.admin.post(`/api/v1/users/${me.user_id}/break-glass`, { allowed: true, reason: 'a test' });
    const { body } = await olga.post<{ review_id: string }>('/api/v1/break-glass', need);
    return olga.post(`/api/v1/break-glass/reviews/${body.review_id}`, { decision: 'justified', comment: 'mine' });
  };
  const myself = async () => (await custody.admin.get<{ user_id: string }>('/api/v1/users/me')).body.user_id;
  const promotesItself = async () =>
    custody.admin.post(`/api/v1/users/${await myself()}/roles`, { roles: ['admin', 'reviewer'], reason: 'a test' });
  const liftsItsOwn = async () => {
    const user_id = await myself();
    const { body } = await custody.admin.post<{ hold_id: string }>('/api/v1/legal-holds', {
      user_id,
      reason: 'a test',
    });
    return custody.admin.post(`/api/v1/legal-holds/${body.hold_id}/lift`, { reason: 'a test' });
  };
  const resetsBoth = async () => {
    const rae = await account(custody.admin, 'ra.e', ['analyst']);
    const { body: offered } = await rae.post<{ secret: string }>('/api/v1/users/me/second-factor', {});
    const code = new TOTP({ secret: Secret.fromBase32(offered.secret) }).generate();
    await rae.post('/api/v1/users/me/second-factor/confirm', { code });
    const { body: users } = await custody.admin.get<{ users: { user_id: string; login: string }[] }>('/api/v1/users');
    const { user_id } = users.users.find(({ login }) => login === 'ra.e')!;
    const reset = { reason: 'lost both' };
    expect((await custody.admin.post(`/api/v1/users/${user_id}/second-factor/reset`, reset)).status).toBe(200);
    return custody.admin.post(`/api/v1/users/${user_id}/password`, reset);
  };
  const reviewedByBeholden = async () => {
    const adam = await account(custody.admin, 'ad.am', ['analyst']);
    const { body: me } = await adam.get<{ user_id: string }>('/api/v1/users/me');
    await custody.admin.post(`/api/v1/users/${me.user_id}/break-glass`, { allowed: true, reason: 'a test' });
    const { body } = await adam.post<{ review_id: string }>('/api/v1/break-glass', { ...need, role: 'admin' });
    const friend = await account(adam, 'fri.end', ['auditor']);
    return friend.post(`/api/v1/break-glass/reviews/${body.review_id}`, { decision: 'justified', comment: 'fine' });
  };
  const reviewedByBreakGlass = async () => {
    const [one, other] = await Promise.all(
      ['o.ne', 'oth.er'].map(async (login) => {
        const person = await account(custody.admin, login, ['analyst']);
        const { body: me } = await person.get<{ user_id: string }>('/api/v1/users/me');
        await custody.admin.post(`/api/v1/users/${me.user_id}/break-glass`, { allowed: true, reason: 'a test' });
        const { body } = await person.post<{ review_id: string }>('/api/v1/break-glass', { ...need, role: 'admin' });
        return { person, ...body };
      }),
    );
    const verdict = { decision: 'justified', comment: 'fine' };
    return one!.person.post(`/api/v1/break-glass/reviews/${other!.review_id}`, verdict);
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
    [
      'signature-refused',
      'of accepting that it binds',
      () => ana.post('/api/v1/users/me/signature-acceptance', { version: 1, password: 'guess' }),
    ],
    ['password-change-required', 'before anything else', aged],
    ['account-pending', 'before the person was identified', pending],
    ['own-identity', 'by an administrator', vouchesForItself],
    ['last-administrator', 'by a service', removesTheLast],
    ['disabled-by-administrator', 'of letting somebody back', directoryLetsBack],
    ['token-for-another-person', 'by an administrator', tokenForBen],
    ['second-factor-required', 'before anything else', enrolFirst],
    ['second-factor-by-token', 'of enrolling', byToken],
    ['break-glass-not-allowed', 'by an administrator', () => ana.post('/api/v1/break-glass', need)],
    ['own-break-glass', 'of reviewing it', ownReview],
    ['review-by-beholden', 'whose account was made in need', reviewedByBeholden],
    ['review-by-break-glass', 'of reviewing each other', reviewedByBreakGlass],
    ['rename-changes-policy', 'of leaving one behind', renamesAway],
    ['own-rights', 'by an administrator', promotesItself],
    ['own-hold', 'of lifting it', liftsItsOwn],
    [
      'retention-below-floor',
      'by an administrator',
      () =>
        custody.admin.post('/api/v1/retention/changes', {
          record_class: 'training',
          years: 5,
          reason: 'to save space',
        }),
    ],
    ['dual-control', 'by one administrator', resetsBoth],
    [
      'cross-site-request',
      'of signing in',
      () =>
        new Http(custody.url).post(
          '/api/v1/sessions',
          { login: 'ana', password: 'x' },
          { origin: 'https://evil.example' },
        ),
    ],
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
    ['approval-required', 'of a promotion', () => gia.post(`${MLFLOW}/model-versions/transition-stage`, promotion)],
    ['not-independent', 'of deciding about it', () => sign(tom, 1)],
    ['signed-already', 'of deciding again', () => sign(rex, 1, { reason: 'looked again' })],
    ['approval-role-missing', 'of deciding about it', () => sign(governed.admin, 1)],
    ['role-taken-in-need', 'of deciding about it', decidesInNeed],
    ['not-a-person', 'of deciding about it', byServiceAccount],
    ['signature-needs-password', 'of signing by a token', signsByToken],
    ['comment-of-another', 'of changing it', changesAnothersComment],
    ['not-your-request', 'of withdrawing it', () => rex.post('/api/v1/approvals/1/withdraw', {})],
    [
      'governed-tag',
      'of writing one',
      () => gia.post(`${MLFLOW}/model-versions/set-tag`, { ...version, key: 'Approval_Status', value: 'Approved' }),
    ],
    [
      'not-local',
      'on an open server',
      () => new Http(open.url).get(`${MLFLOW}/runs/get?run_id=x`, { origin: 'https://evil.example' }),
    ],
  ];

  it.each(denials)('%s (%s) is in the trail, once', async (code, _what, ask) => {
    const reader = code === 'not-local' ? new Http(open.url) : GOVERNED.has(code) ? governed.admin : custody.admin;
    const before = await traced(reader);
    expect((await ask()).status).toBe(403);
    const after = await traced(reader);
    expect(after.slice(0, after.length - before.length)).toEqual([code]);
  });

  it('own-request (of deciding about it) is in the trail, once', async () => {
    expect((await ownRequest()).body).toMatchObject({ status: 403, code: 'own-request' });
    expect((await traced(governed.admin)).filter((code) => code === 'own-request')).toHaveLength(1);
  });

  it('of every code that there is, is tried here', () => {
    // No route of the product is without a permission: that is what `every route` proves.
    const elsewhere = [
      'no-permission-declared',
      'promotion-required',
      // The tests of breaking the glass have a clock to advance.
      'sign-in-again',
      // Makes a request first, so that two denials are at stake: below.
      'own-request',
      // No signer answers with a signature of something else, and no gates are in force by a setting: their own specs.
      'signature-of-another',
      // Stands in the trail as SigningFailed: see signing.e2e.spec.ts.
      'signature-refused',
      'gates-not-passed',
      // Take an archived segment, for which an approval comes first: see archive.e2e.spec.ts.
      'removal-under-hold',
      'retention-not-over',
    ];
    const tried = new Set([...denials.map(([code]) => code), ...elsewhere]);
    const { thrown, codes } = denialsInSource();
    expect(codes.filter((code) => !tried.has(code))).toEqual([]);
    expect(codes.length).toBeGreaterThan(5);
    expect(thrown).toEqual([]);
  });
});

/** Those who write a refusal down before they answer it. */
const WRITE_FIRST = /^src\/identity\/(access\/|signing\/failed-signings\.ts$)/;

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
    .filter(({ file, text }) => /errors\.denied\(/.test(text) && !WRITE_FIRST.test(file))
    .map(({ file }) => file);
  return { codes: [...new Set(codes)].sort(), thrown };
}
