import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, freshServer, Http } from '../support/custody.js';

const PROXY = '/api/2.0/mlflow-artifacts';

/** A request as it stands, byte for byte: no client in between that would tidy up its path. */
function raw(
  base: string,
  http: Http,
  method: string,
  target: string,
  body = '',
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(base);
  const auth = Buffer.from(`${http.login}:${http.password}`).toString('base64');
  const head = [
    `${method} ${target} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    `authorization: Basic ${auth}`,
    'connection: close',
    ...(body === '' ? [] : ['content-type: application/json']),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', reject);
    socket.once('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text });
    });
  });
}

/** Ways out of a folder, spelled as someone who wants out would spell them. */
const CLIMBING = [
  '..',
  '../',
  '../../../../etc/passwd',
  'a/../../../../etc/passwd',
  'a/..',
  'a/./b',
  './a',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '%2e%2e/%2e%2e/etc/passwd',
  '.%2e/x',
  '%252e%252e%252fetc%252fpasswd',
  '%25252e%25252e%25252fetc',
  '%252e./x',
  '..%5c..%5cetc',
  '..%255c..%255cetc',
  'a%5cb',
  '%2fetc%2fpasswd',
  '//etc/passwd',
  'a//b',
  'a%2f%2fb',
  '%c0%ae%c0%ae%c0%afetc',
  '%e0%80%ae%e0%80%ae/x',
  '%uff0e%uff0e/x',
  '%ef%bc%8e%ef%bc%8e/x',
  '%ef%bc%8e%ef%bc%8e%ef%bc%8fx',
  '..%00/x',
  'a%00.txt',
  'a%0d%0ab',
  '...',
  '.../b',
  '..%20/b',
  '%20.%20./b',
  '%20/b',
  '%e2%81%a6/x',
  '%ef%bb%bf/x',
  'C:/windows/win.ini',
  'C%3a%5cwindows',
  'file:/etc/passwd',
  'file:%2f%2f%2fetc%2fpasswd',
  'http://127.0.0.1/x',
  '%23/../x',
  '%e2%80%ae/x',
  '%ed%a0%80/x',
  `${'a'.repeat(256)}/x`,
  'a/'.repeat(1500) + 'x',
];

describe('paths that would lead out of the artifacts of a run', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  let run: string;

  beforeAll(async () => {
    custody = await freshServer();
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
    const created = { experiment_id: '0' };
    const started = await analyst.post<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create', created);
    run = started.body.run.info.run_id;
    await analyst.send('PUT', `${PROXY}/artifacts/0/${run}/artifacts/model/page.html`, '<script>alert(1)</script>');
    await analyst.post('/api/2.0/mlflow/registered-models/create', { name: 'm' });
    await analyst.post('/api/2.0/mlflow/model-versions/create', {
      name: 'm',
      source: `runs:/${run}/model`,
      run_id: run,
    });
    // The version's signature is a file too, and made by the server a moment later.
    const signature = await analyst.get('/api/v1/models/m/versions/1/model.sig');
    expect(signature.status).toBe(200);
  });
  afterAll(() => custody.end());

  const ask = (method: string, target: string, body?: string) => raw(custody.url, analyst, method, target, body);
  const files = () => readdirSync(join(custody.data, 'artifacts'), { recursive: true }).length;
  const inQuery = (path: string) => path.replace(/[ #&+]/g, (c) => encodeURIComponent(c));

  it.each(CLIMBING)('%s is refused by every call that takes a path', async (path) => {
    const before = files();
    const json = (more: object) => JSON.stringify({ path: 'x', upload_id: 'f'.repeat(32), parts: [], ...more });
    const place = `0/${run}/artifacts`;
    const answers = await Promise.all([
      ask('PUT', `${PROXY}/artifacts/${place}/${path}`, 'x'),
      ask('GET', `${PROXY}/artifacts/${place}/${path}`),
      ask('DELETE', `${PROXY}/artifacts/${place}/${path}`),
      ask('GET', `/ajax-api/2.0/mlflow-artifacts/artifacts/${place}/${path}`),
      ask('POST', `${PROXY}/mpu/create/${place}/${path}`, json({})),
      ask('POST', `${PROXY}/mpu/complete/${place}/${path}`, json({})),
      ask('POST', `${PROXY}/mpu/abort/${place}/${path}`, json({})),
      ask('GET', `${PROXY}/artifacts?path=${place}/${inQuery(path)}`),
      ask('GET', `/api/2.0/mlflow/artifacts/list?run_id=${run}&path=${inQuery(path)}`),
      ask('GET', `/api/v1/artifacts/versions?run_id=${run}&path=${inQuery(path)}`),
      ask('GET', `/get-artifact?run_id=${run}&path=${inQuery(path)}`),
      ask('GET', `/model-versions/get-artifact?name=m&version=1&path=${inQuery(path)}`),
    ]);
    for (const [index, { status, text }] of answers.entries()) {
      expect([index, status >= 400 && status < 500, status]).toEqual([index, true, status]);
      expect(text).not.toMatch(/root:x?:0:0|alert\(1\)/);
    }
    expect(files()).toBe(before);
  });

  it.each([
    `0/${'f'.repeat(32)}/artifacts/x`,
    `0/..%2f${'f'.repeat(30)}/artifacts/x`,
    '0/%2e%2e/artifacts/x',
    '../../log.db',
    'keys/master.key',
    `0/RUN/artifacts%2f..%2f..%2flog.db`,
    `1/RUN/artifacts/model/page.html`,
    `00/RUN/artifacts/model/page.html`,
    `-0/RUN/artifacts/model/page.html`,
    `0/RUN/artifactsx/model/page.html`,
    `0/RUN/Artifacts/model/page.html`,
    `0/RUN;x/artifacts/model/page.html`,
    `0/RUN/artifacts/%`,
    `0/RUN/artifacts/%zz`,
    `%30/RUN%00/artifacts/model/page.html`,
  ])('%s is no place among artifacts', async (place) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, text } = await ask(
        method,
        `${PROXY}/artifacts/${place.replace('RUN', run)}`,
        method === 'PUT' ? 'x' : '',
      );
      expect([method, status >= 400 && status < 500, status]).toEqual([method, true, status]);
      expect(text).not.toMatch(/alert\(1\)|SQLite/);
    }
  });

  it.each([
    ['get-artifact?path=model/page.html&run_id=RUN', 200],
    ['get-artifact?path=model/page.html&run_uuid=RUN', 200],
    ['model-versions/get-artifact?name=m&version=1&path=page.html', 200],
    ['get-artifact?path=model/page.html', 400],
    ['get-artifact?run_id=RUN', 400],
    ['get-artifact?run_id=../RUN&path=model/page.html', 400],
    ['get-artifact?run_id=RUN&path=model', 404],
    ['get-artifact?run_id=RUN&path=a&path=b', 400],
    [`get-artifact?run_id=${'f'.repeat(32)}&path=model/page.html`, 404],
    ['model-versions/get-artifact?name=m&version=2&path=page.html', 404],
    ['model-versions/get-artifact?name=m&version=../1&path=page.html', 400],
    ['model-versions/get-artifact?name=other&version=1&path=page.html', 404],
    ['model-versions/get-artifact?name=m&version=1', 400],
  ])('/%s answers %i, and never a page', async (target, expected) => {
    const { status, text } = await ask('GET', `/${target.replace('RUN', run)}`);
    expect(status).toBe(expected);
    if (expected !== 200) return expect(text).toContain('"error_code"');
    expect(text).toMatch(/content-disposition: attachment; filename="page.html"/i);
    expect(text).toMatch(/content-type: application\/octet-stream/i);
    expect(text).toMatch(/x-content-type-options: nosniff/i);
    expect(text).toMatch(/content-security-policy: default-src 'none'; sandbox/i);
    expect(text).toContain('<script>alert(1)</script>');
  });

  it.each([
    'report.',
    'draft ',
    'v1. /a.../x',
    '👩‍🔬 Laborantin.png',
    '🏴󠁧󠁢󠁳󠁣󠁴󠁿.txt',
    'می‌خواهم.csv',
    'soft\u00adhyphen',
    '⚠️.md',
  ])('a file may be called %j, as at the client', async (name) => {
    const place = `${PROXY}/artifacts/0/${run}/artifacts`;
    const folder = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
    const encoded = name.split('/').map(encodeURIComponent).join('/');
    expect((await ask('PUT', `${place}/${encoded}`, 'as it is')).status).toBe(200);
    expect((await ask('GET', `${place}/${encoded}`)).text).toContain('as it is');
    const query = new URLSearchParams({ run_id: run, path: folder });
    const listed = await analyst.get<{ files: { path: string }[] }>(
      `/api/2.0/mlflow/artifacts/list?${query.toString()}`,
    );
    expect(listed.body.files.map(({ path }) => path)).toContain(name);
  });

  it('needs an account for every one of these calls', async () => {
    const nobody = new Http(custody.url, 'nobody', 'wrong');
    for (const target of [
      `/get-artifact?run_id=${run}&path=model/page.html`,
      '/model-versions/get-artifact?name=m&version=1&path=page.html',
      `${PROXY}/artifacts/0/${run}/artifacts/model/page.html`,
    ])
      expect((await raw(custody.url, nobody, 'GET', target)).status).toBe(401);
  });

  it('a viewer may read and not write', async () => {
    const viewer = await account(custody.admin, 'vi.ewer', ['viewer']);
    const file = `${PROXY}/artifacts/0/${run}/artifacts/model/page.html`;
    expect((await viewer.get(file)).status).toBe(200);
    for (const [method, target, body] of [
      ['PUT', file, 'x'],
      ['DELETE', file, undefined],
      ['POST', `${PROXY}/mpu/create/0/${run}/artifacts`, '{"path":"x"}'],
    ] as const) {
      const headers: Record<string, string> = method === 'POST' ? { 'content-type': 'application/json' } : {};
      expect([method, (await viewer.send(method, target, body, headers)).status]).toEqual([method, 403]);
    }
  });
});
