import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, freshServer, Http } from '../support/custody.js';
import { raw } from '../support/raw-http.js';

/*
 * The request shapes that once worked on MLflow servers. Numbers are those under which they were published;
 * an attack without one is known from MLflow's own tracker, or is the same class by another door.
 */
const MLFLOW = '/api/2.0/mlflow';
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';
const PASSWD = /root:.*:0:0:/;

let custody: Awaited<ReturnType<typeof freshServer>>;
let analyst: Http;
let viewer: Http;
let runId: string;
let otherRun: string;
const basic = ({ login, password }: Http) => ({
  authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
});

beforeAll(async () => {
  custody = await freshServer();
  analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
  viewer = await account(custody.admin, 'view.er', ['viewer']);
  const start = async () =>
    (await analyst.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, { experiment_id: '0' })).body
      .run.info.run_id;
  [runId, otherRun] = [await start(), await start()];
  await analyst.post(`${MLFLOW}/registered-models/create`, { name: 'model' });
  await analyst.send('PUT', `${ARTIFACTS}/0/${runId}/artifacts/model/MLmodel`, 'flavors: {}', {
    'content-type': 'application/octet-stream',
  });
}, 120_000);
afterAll(() => custody.end());

/** Refused as what it is: no success, no server error, nothing of the machine in the answer. */
function expectRefused({ status, text }: { readonly status: number; readonly text: string }): void {
  expect(text).not.toMatch(PASSWD);
  expect(text).not.toMatch(/\bat .*\.(js|ts):\d+|node_modules|ENOENT|EISDIR|SQLITE/);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
}

const post = async (path: string, body: object) => {
  const answer = await analyst.post(`${MLFLOW}/${path}`, body);
  return { status: answer.status, text: JSON.stringify(answer.body) };
};
const versionFrom = (source: string, more: object = {}) =>
  post('model-versions/create', { name: 'model', source, ...more });

const CLIMBS = [
  '../../../../../../etc/passwd',
  '..%2f..%2f..%2f..%2fetc%2fpasswd',
  '%2e%2e/%2e%2e/%2e%2e/etc/passwd',
  '%252e%252e%252f%252e%252e%252fetc%252fpasswd',
  '%25252e%25252e%25252fetc%25252fpasswd',
  '..%5c..%5c..%5cetc%5cpasswd',
  '%2e%2e%5c..%2fetc/passwd',
  '....//....//etc/passwd',
  '%2fetc%2fpasswd',
  '/etc/passwd',
  'model/..%00/MLmodel',
  'model/MLmodel%00.png',
  'model/..%20/MLmodel',
  '%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd',
  '%ef%bc%8e%ef%bc%8e/etc/passwd',
  'C:%5cwindows%5cwin.ini',
];

describe('a path that climbs out of a run’s folder', () => {
  // CVE-2024-1560 and before it CVE-2023-6831: decoded once more than it was checked.
  it.each(CLIMBS)('reads, writes and deletes nothing: %s', async (climb) => {
    for (const prefix of ['/api', '/ajax-api'])
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const path = `${prefix}/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/${climb}`;
        const headers = { ...basic(analyst), 'content-type': 'application/octet-stream' };
        expectRefused(await raw(custody.url, method, path, headers, method === 'PUT' ? 'x' : undefined));
      }
    const kept = await analyst.get<string>(`${ARTIFACTS}/0/${runId}/artifacts/model/MLmodel`);
    expect(kept.body).toBe('flavors: {}');
  });

  it.each(CLIMBS)('lists nothing: %s', async (climb) => {
    const list = (path: string) => raw(custody.url, 'GET', path, basic(analyst));
    for (const answer of [
      await list(`${MLFLOW}/artifacts/list?run_id=${runId}&path=${climb}`),
      await list(`${ARTIFACTS}?path=0/${runId}/artifacts/${climb}`),
    ]) {
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(PASSWD);
      // What is no path at all may be a name that nobody has; it never names what is outside.
      expect(answer.text).not.toMatch(/"path":"[^"]*(passwd|\.\.)/);
    }
  });

  // mlflow/mlflow#7166: the UI's own download, and its twin for versions.
  it.each([
    `/get-artifact?path=../../../../../../etc/passwd&run_uuid=RUN`,
    `/get-artifact?path=%252e%252e%252fetc%252fpasswd&run_id=RUN`,
    `/model-versions/get-artifact?path=passwd&name=model&version=1`,
    `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=RUN&path=../../x`,
  ])('has no second door: %s', async (path) => {
    for (const method of ['GET', 'POST'])
      expectRefused(await raw(custody.url, method, path.replace('RUN', runId), basic(analyst)));
  });
});

describe('a model version whose source is not a model of this server', () => {
  it.each([
    ['the server’s own disk (CVE-2023-1177)', 'file:///etc'],
    ['the server’s own disk by a bare path (CVE-2023-1177)', '/etc/'],
    ['a file URI without a scheme’s slashes (CVE-2024-3573)', 'file:/etc/passwd'],
    ['a file URI in capitals (CVE-2024-3573)', 'FILE:///etc/passwd'],
    ['an empty scheme (CVE-2024-3573)', '://proc/self/root/etc'],
    ['a host in a file URI (CVE-2024-3573)', 'file://localhost/etc/passwd'],
    ['/proc behind two slashes', '//proc/self/root/etc/passwd'],
    ['climbing in an artifact URI (CVE-2023-2356)', 'mlflow-artifacts:/0/RUN/artifacts/../../../etc'],
    ['climbing in a bucket (CVE-2023-2356)', 's3://bucket/models/../../etc'],
    ['encoded climbing', 'mlflow-artifacts:/0/RUN/artifacts/%2e%2e/%2e%2e/etc'],
    ['doubly encoded climbing', 's3://bucket/%252e%252e/etc'],
    ['backslashes (CVE-2023-2780)', 'file:///..\\..\\..\\etc\\passwd'],
    ['backslashes in an artifact URI (CVE-2023-2780)', 'mlflow-artifacts:/0/RUN/artifacts\\..\\..\\etc'],
    ['a fragment that climbs (CVE-2024-1483)', 'http:///#/../../../../etc/'],
    ['a query that climbs', 'mlflow-artifacts:/0/RUN/artifacts/model?x=../../../../etc'],
    ['parameters that climb', 's3://bucket/model;../../etc'],
    ['a second scheme', 'runs:/file:///etc/passwd'],
    ['NUL', 's3://bucket/model\u0000/etc'],
    ['credentials', 'https://user:secret@example.com/model'],
    ['a script', 'javascript:alert(1)'],
    ['the machine’s metadata over http', 'http://169.254.169.254/latest/meta-data/'],
  ])('is refused: %s', async (_, source) => {
    expectRefused(await versionFrom(source.replace('RUN', runId)));
    expectRefused(await versionFrom(source.replace('RUN', runId), { run_id: runId }));
  });

  it('is refused when it is another run’s than the one it names', async () => {
    expectRefused(await versionFrom(`runs:/${otherRun}/model`, { run_id: runId }));
    expectRefused(await versionFrom(`mlflow-artifacts:/0/${otherRun}/artifacts/model`, { run_id: runId }));
  });

  it('leaves nothing behind in the registry', async () => {
    const versions = await analyst.get(`${MLFLOW}/model-versions/search?filter=${encodeURIComponent("name='model'")}`);
    expect(versions.body).toEqual({});
  });
});

describe('an experiment whose location is not one', () => {
  it.each([
    ['a fragment that climbs (CVE-2024-1483)', 'http:///#/../../../../../../etc/'],
    ['a query that climbs (mlflow/mlflow#10653)', 'http://host/bucket?/../../../../etc'],
    ['parameters that climb (mlflow/mlflow#11473)', 'http://host/;..%2f..%2fetc'],
    ['climbing', 's3://bucket/../../etc'],
    ['encoded climbing (mlflow/mlflow#10650)', 's3://bucket/%2e%2e/%2e%2e/etc'],
    ['doubly encoded climbing', 's3://bucket/%252e%252e%252fetc'],
    ['the server’s own disk', 'file:///etc'],
    ['the server’s own disk by a bare path', '/etc'],
    ['NUL', 's3://bucket/\u0000'],
  ])('is refused: %s', async (what, artifact_location) => {
    expectRefused(await post('experiments/create', { name: `location ${what}`, artifact_location }));
  });
});

describe('an id that holds a path', () => {
  it.each(['../../etc', '..%2f..%2fetc', '/etc/passwd', '0/../../etc', 'a\\..\\b', '\u0000', '.'])(
    'names nothing: %j',
    async (id) => {
      expectRefused(await post('runs/log-metric', { run_id: id, key: 'a', value: 1, timestamp: 1 }));
      expectRefused(await post('runs/create', { experiment_id: id }));
      expectRefused(await post('experiments/delete', { experiment_id: id }));
      for (const place of [`${encodeURIComponent(id)}/${runId}`, `0/${encodeURIComponent(id)}`])
        expectRefused(await raw(custody.url, 'GET', `${ARTIFACTS}/${place}/artifacts/x`, basic(analyst)));
    },
  );

  it.each(['../up', '/root', 'a/../../b', 'a//b', 'a\u0000b'])(
    'and no key of a metric, parameter or tag: %j',
    async (key) => {
      expectRefused(await post('runs/log-metric', { run_id: runId, key, value: 1, timestamp: 1 }));
      expectRefused(await post('runs/log-parameter', { run_id: runId, key, value: 'v' }));
      expectRefused(await post('runs/set-tag', { run_id: runId, key, value: 'v' }));
    },
  );
});

describe('what somebody put in is never run', () => {
  const SCRIPT = '<script>alert(1)</script>';

  it('neither as a page: files are handed out as downloads that no browser interprets', async () => {
    const path = `${ARTIFACTS}/0/${runId}/artifacts/page.html`;
    await analyst.send('PUT', path, SCRIPT, { 'content-type': 'text/html' });
    const answer = await analyst.get<string>(path);
    expect(answer.body).toBe(SCRIPT);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(answer.headers.get('content-type') ?? '').not.toContain('html');
  });

  it('nor in a name or tag: answers are JSON, whatever is in them', async () => {
    const made = await analyst.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, { name: SCRIPT });
    const read = await analyst.get<{ experiment: { name: string } }>(
      `${MLFLOW}/experiments/get?experiment_id=${made.body.experiment_id}`,
    );
    expect(read.body.experiment.name).toBe(SCRIPT);
    expect(read.headers.get('content-type')).toMatch(/^application\/json/);
    const missing = await raw(custody.url, 'GET', `/${encodeURIComponent(SCRIPT)}`, basic(analyst));
    expect(String(missing.headers['content-type'])).toMatch(/json/);
  });

  it('nor as a pickle: an uploaded model is bytes, and a prediction with it is refused', async () => {
    const pickle = Buffer.from('cposix\nsystem\n(S"touch custody-was-here"\ntR.');
    await analyst.send('PUT', `${ARTIFACTS}/0/${runId}/artifacts/evil/model.pkl`, pickle, {
      'content-type': 'application/octet-stream',
    });
    await versionFrom(`runs:/${runId}/evil`, { run_id: runId });
    const answer = await analyst.post('/api/v1/predictions', {
      model: 'models:/model/1',
      samples: [{ sample_id: 'a', ph_level: 7, temperature: 4, turbidity: 1, processing_time: 2 }],
    });
    expectRefused({ status: answer.status, text: JSON.stringify(answer.body) });
    expect(existsSync('custody-was-here')).toBe(false);
    expect(existsSync(join(custody.data, 'custody-was-here'))).toBe(false);
  });
});

describe('nobody gets in by another door', () => {
  it.each([
    ['GET', `${MLFLOW}/experiments/search`],
    ['POST', `${MLFLOW}/runs/search`],
    ['GET', `/ajax-api/2.0/mlflow/experiments/search`],
    ['POST', `/ajax-api/2.0/mlflow/runs/search`],
    ['GET', `${ARTIFACTS}?path=0`],
    ['GET', `${MLFLOW}/model-versions/search`],
    ['GET', `//api/2.0/mlflow/experiments/search`],
    ['GET', `/api/2.0/mlflow/../mlflow/experiments/search`],
    ['GET', `/API/2.0/mlflow/experiments/search`],
    ['GET', `/api/2.0/mlflow/experiments/search/`],
    ['GET', `/health/..%2fapi/2.0/mlflow/experiments/search`],
    ['POST', `/graphql`],
    ['GET', '/api/v1/users'],
  ])('without signing in: %s %s', async (method, path) => {
    const answer = await raw(
      custody.url,
      method,
      path,
      { 'content-type': 'application/json' },
      method === 'POST' ? '{}' : undefined,
    );
    expect([401, 404]).toContain(answer.status);
    expect(answer.text).not.toMatch(/"experiments"|"runs"|lifecycle_stage/);
  });

  it.each(['admin:password', 'admin:admin', 'admin:password1234', 'mlflow:mlflow', 'admin:'])(
    'with a password that everybody knows: %s',
    async (credentials) => {
      const answer = await raw(custody.url, 'GET', `${MLFLOW}/experiments/search`, {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      });
      expect(answer.status).toBe(401);
    },
  );

  it.each(['/api', '/ajax-api'])('with a role that may only look, under %s', async (prefix) => {
    const writes: [string, string, object][] = [
      ['POST', '2.0/mlflow/experiments/create', { name: 'x' }],
      ['POST', '2.0/mlflow/runs/log-batch', { run_id: runId }],
      ['DELETE', '2.0/mlflow/registered-models/delete', { name: 'model' }],
      ['POST', '2.0/mlflow/model-versions/transition-stage', { name: 'model', version: '1', stage: 'Production' }],
    ];
    for (const [method, path, body] of writes)
      expect((await viewer.send(method, `${prefix}/${path}`, body)).status).toBe(403);
    const upload = `${prefix}/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/x`;
    expect((await viewer.send('PUT', upload, 'x', { 'content-type': 'application/octet-stream' })).status).toBe(403);
  });
});

// The class that a registry has which keeps only where a model lies: who may write there replaces it after its review.
describe('files that are swapped behind a version in Production', () => {
  const octets = { 'content-type': 'application/octet-stream' };
  const uriOf = async () => {
    const answer = await analyst.get<{ artifact_uri: string }>(
      `${MLFLOW}/model-versions/get-download-uri?name=swapped&version=1`,
    );
    return answer.body.artifact_uri.replace('mlflow-artifacts:', ARTIFACTS);
  };
  const served = async () => [
    (await viewer.get<string>(`${await uriOf()}/model.json`)).body,
    (await viewer.get<string>('/model-versions/get-artifact?name=swapped&version=1&path=model.json')).body,
  ];
  let files: string;
  beforeAll(async () => {
    files = `${ARTIFACTS}/0/${otherRun}/artifacts/model`;
    await analyst.send('PUT', `${files}/model.json`, 'reviewed', octets);
    await analyst.post(`${MLFLOW}/registered-models/create`, { name: 'swapped' });
    expect((await versionFrom(`runs:/${otherRun}/model`, { name: 'swapped' })).status).toBe(200);
    const reviewer = await account(custody.admin, 're.viewer', ['reviewer']);
    const move = { name: 'swapped', version: '1', stage: 'Production', archive_existing_versions: false };
    expect((await reviewer.post(`${MLFLOW}/model-versions/transition-stage`, move)).status).toBe(200);
  }, 60_000);

  it.each<[string, () => Promise<unknown>]>([
    ['by an upload', () => analyst.send('PUT', `${files}/model.json`, 'swapped', octets)],
    ['by deleting them', () => analyst.send('DELETE', files)],
    ['by deleting the run', () => analyst.post(`${MLFLOW}/runs/delete`, { run_id: otherRun })],
  ])('are served as they were reviewed: %s', async (_, swap) => {
    await swap();
    expect(await served()).toEqual(['reviewed', 'reviewed']);
  });

  it('cannot be reached at their own address', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const answer = await analyst.send(method, `${await uriOf()}/model.json`, 'swapped', octets);
      expectRefused({ status: answer.status, text: JSON.stringify(answer.body) });
    }
    expect(await served()).toEqual(['reviewed', 'reviewed']);
  });
});

describe('a page of another site in the browser of somebody who runs an open server', () => {
  let open: Awaited<ReturnType<typeof freshServer>>;
  beforeAll(async () => {
    open = await freshServer(['--open']);
  }, 120_000);
  afterAll(() => open.end());

  it.each<[string, Record<string, string>]>([
    ['by DNS rebinding (CVE-2025-14279)', { host: 'evil.example:5000' }],
    ['by its origin', { origin: 'https://evil.example' }],
    ['by a sandboxed frame', { origin: 'null' }],
    ['as the browser itself says', { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' }],
  ])('cannot write: %s', async (_, headers) => {
    const body = JSON.stringify({ name: `made by ${JSON.stringify(headers)}` });
    expectRefused(
      await raw(
        open.url,
        'POST',
        `${MLFLOW}/experiments/create`,
        { 'content-type': 'application/json', ...headers },
        body,
      ),
    );
    const { body: found } = await open.admin.get<{ experiments: unknown[] }>(`${MLFLOW}/experiments/search`);
    expect(found.experiments).toHaveLength(1);
  });

  it('cannot read by DNS rebinding either', async () => {
    expectRefused(await raw(open.url, 'GET', `${MLFLOW}/experiments/search`, { host: 'evil.example' }));
  });

  it('cannot write with a form, which no preflight asks about', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      expectRefused(
        await raw(open.url, 'POST', `${MLFLOW}/experiments/create`, { 'content-type': type }, '{"name":"form"}'),
      );
  });
});

it('after all of it the data folder holds no file that an attack named', () => {
  const names = readdirSync(custody.data, { recursive: true }).map(String);
  expect(names.filter((name) => /passwd|\.\.|win\.ini|custody-was-here/.test(name))).toEqual([]);
  expect(readFileSync('/etc/passwd', 'utf8')).toMatch(PASSWD);
});
