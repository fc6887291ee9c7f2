import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExperimentId, RunId } from '../core/index.js';
import {
  ArtifactsModule,
  artifactsEvents,
  artifactsProjections,
  ListArtifacts,
  OpenArtifact,
  StoreArtifact,
} from './index.js';
import { DELETED_RUN, OTHER_RUN, RoomLab, RUN } from './testing/room-lab.js';

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

describe('the artifacts room over HTTP', () => {
  let lab: RoomLab;
  beforeEach(async () => {
    lab = await RoomLab.open({
      modules: [ArtifactsModule],
      events: artifactsEvents,
      projections: artifactsProjections,
    });
  });
  afterEach(() => lab.close());

  const put = (path: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
    lab.app.inject({ method: 'PUT', url: `${PROXY}/${path}`, payload, headers });
  const get = (url: string, headers: Record<string, string> = {}) => lab.app.inject({ method: 'GET', url, headers });

  it.each([
    'application/json',
    'text/csv',
    'text/plain',
    'application/octet-stream',
    'multipart/form-data',
    'nonsense',
  ])('stores a %s file as the bytes it is', async (type) => {
    const body = '{"not": parsed';
    expect((await put(`1/${RUN}/artifacts/m/file`, body, { 'content-type': type })).json()).toEqual({});
    const answer = await get(`${PROXY}/1/${RUN}/artifacts/m/file`);
    expect(answer.body).toBe(body);
  });

  it('downloads as an attachment that no browser shows, with the digest as ETag', async () => {
    await put(`1/${RUN}/artifacts/größe "1".html`.replaceAll(' ', '%20'), '<script>');
    const answer = await get(`${PROXY}/1/${RUN}/artifacts/${encodeURIComponent('größe "1".html')}`);
    expect(answer.headers).toMatchObject({
      etag: `"${sha256('<script>')}"`,
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-length': '8',
      'content-disposition':
        `attachment; filename="gr__e _1_.html"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%221%22.html`.replace(
          'gr__e',
          'gr__e',
        ),
    });
    const again = await get(`${PROXY}/1/${RUN}/artifacts/${encodeURIComponent('größe "1".html')}`, {
      'if-none-match': answer.headers.etag as string,
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it.each([`${PROXY}/1/${RUN}/artifacts/x`, `/get-artifact?run_id=${RUN}&path=x`])(
    'answers HEAD %s from what is recorded, without a look at the bytes',
    async (url) => {
      await put(`1/${RUN}/artifacts/x`, 'abc');
      const got = await get(url);
      rmSync(join(lab.folder, 'artifacts', 'sha256'), { recursive: true });
      const head = await lab.app.inject({ method: 'HEAD', url });
      expect([head.statusCode, head.body]).toEqual([200, '']);
      const same = ['content-length', 'content-type', 'content-disposition', 'etag', 'cache-control'];
      expect(same.map((name) => head.headers[name])).toEqual(same.map((name) => got.headers[name]));
      const unchanged = { 'if-none-match': got.headers.etag as string };
      expect((await lab.app.inject({ method: 'HEAD', url, headers: unchanged })).statusCode).toBe(304);
      expect((await lab.app.inject({ method: 'HEAD', url: `${url}y` })).statusCode).toBe(404);
      expect((await lab.events()).map(({ type }) => type)).toEqual(['ArtifactStored']);
    },
  );

  it.each([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=7-99', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=0-1', 200, '0123456789', undefined],
    ['bytes=-', 200, '0123456789', undefined],
  ])('answers the range %s with %i', async (range, status, body, told) => {
    await put(`1/${RUN}/artifacts/x`, '0123456789');
    const url = `${PROXY}/1/${RUN}/artifacts/x`;
    const answer = await get(url, { range });
    expect([answer.statusCode, answer.body, answer.headers['content-range']]).toEqual([status, body, told]);
    expect(answer.headers['content-length']).toBe(String(body.length));
    const other = await get(url, { range, 'if-range': '"another version"' });
    expect([other.statusCode, other.body]).toEqual([200, '0123456789']);
  });

  it('gives a range out of a large file, and none out of a damaged one, wherever the damage is', async () => {
    const large = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    await put(`1/${RUN}/artifacts/x`, large);
    const url = `${PROXY}/1/${RUN}/artifacts/x`;
    const range = { range: 'bytes=1000000-1999999' };
    expect((await get(url, range)).rawPayload.equals(large.subarray(1_000_000, 2_000_000))).toBe(true);
    const digest = sha256(large);
    large[0] = 1;
    writeFileSync(join(lab.folder, 'artifacts', 'sha256', digest.slice(0, 2), digest), large);
    expect((await get(url, range)).statusCode).toBe(410);
  });

  it('lists as the tracking API and as the proxy have it', async () => {
    await put(`1/${RUN}/artifacts/report.txt`, 'abc');
    await put(`1/${RUN}/artifacts/model/MLmodel`, 'x');
    await put(`1/${RUN}/artifacts/model/data/model.json`, '{}');
    const root = `mlflow-artifacts:/1/${RUN}/artifacts`;
    expect((await get(`/api/2.0/mlflow/artifacts/list?run_id=${RUN}`)).json()).toEqual({
      root_uri: root,
      files: [
        { path: 'model', is_dir: true },
        { path: 'report.txt', is_dir: false, file_size: 3 },
      ],
    });
    expect((await get(`/ajax-api/2.0/mlflow/artifacts/list?run_id=${RUN}&path=model`)).json()).toEqual({
      root_uri: root,
      files: [
        { path: 'model/MLmodel', is_dir: false, file_size: 1 },
        { path: 'model/data', is_dir: true },
      ],
    });
    expect((await get(`${PROXY}?path=1/${RUN}/artifacts/model`)).json()).toEqual({
      files: [
        { path: 'MLmodel', is_dir: false, file_size: 1 },
        { path: 'data', is_dir: true },
      ],
    });
    expect((await get(`${PROXY}?path=1/${RUN}/artifacts/none`)).json()).toEqual({});
    expect((await get(`/api/2.0/mlflow/artifacts/list?run_id=${OTHER_RUN}`)).json()).toEqual({
      root_uri: `mlflow-artifacts:/2/${OTHER_RUN}/artifacts`,
    });
  });

  it('records every upload and keeps older bytes known', async () => {
    for (const body of ['one', 'two', 'two', 'one']) await put(`1/${RUN}/artifacts/x`, body);
    expect((await lab.events()).map(({ stream, data }) => [stream, data['sha256']])).toEqual(
      ['one', 'two', 'two', 'one'].map((text) => [`artifacts-run-${RUN}`, sha256(text)]),
    );
    const { versions } = (await get(`/api/v1/artifacts/versions?run_id=${RUN}&path=x`)).json<{
      versions: { sha256: string }[];
    }>();
    expect(versions.map((each) => each.sha256)).toEqual(['one', 'two', 'two', 'one'].map(sha256));
  });

  it('takes a name as it is: with a dot at its end it is another file', async () => {
    expect((await put(`1/${RUN}/artifacts/a.`, 'x')).statusCode).toBe(200);
    expect((await get(`${PROXY}/1/${RUN}/artifacts/a.`)).body).toBe('x');
    expect((await get(`${PROXY}/1/${RUN}/artifacts/a`)).statusCode).toBe(404);
  });

  it.each([
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/etc/passwd',
    '%252e%252e%252fetc',
    'a%5c..%5cb',
    'a%00b',
    '%2fetc/passwd',
    'a%2f%2fb',
    'a/%2e%2e%2f%2e%2e/b',
    '%c0%ae%c0%ae/x',
    '..%20/x',
  ])('refuses to store or open %s', async (path) => {
    for (const answer of [
      await put(`1/${RUN}/artifacts/${path}`, 'x'),
      await get(`${PROXY}/1/${RUN}/artifacts/${path}`),
    ]) {
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.statusCode).toBeLessThan(500);
    }
    expect(await lab.events()).toEqual([]);
  });

  it.each(['..%2f..', '%252e%252e', 'a%5cb', '%2fetc', 'a%00'])(
    'refuses to list %s and names the field',
    async (path) => {
      const answer = await get(`/api/2.0/mlflow/artifacts/list?run_id=${RUN}&path=${path}`);
      expect([answer.statusCode, answer.json<{ field: string }>().field]).toEqual([400, 'path']);
    },
  );

  it('knows no files outside of runs', async () => {
    for (const path of ['models/m-1/artifacts/x', 'x', `1/${RUN}/x`, `x/${RUN}/artifacts/x`]) {
      expect((await put(path, 'x')).statusCode).toBe(400);
      expect((await get(`${PROXY}/${path}`)).statusCode).toBe(400);
    }
    expect((await put(`1/${RUN}/artifacts`, 'x')).statusCode).toBe(400);
  });

  it('needs a run that exists, in its own experiment, and writes to no deleted one', async () => {
    const nobody = 'f'.repeat(32);
    expect((await put(`1/${nobody}/artifacts/x`, 'x')).json()).toMatchObject({
      code: 'run-not-found',
      field: 'run_id',
    });
    expect((await put(`2/${RUN}/artifacts/x`, 'x')).json()).toMatchObject({ code: 'run-not-found' });
    expect((await get(`${PROXY}/2/${RUN}/artifacts/x`)).statusCode).toBe(404);
    expect((await get(`/api/2.0/mlflow/artifacts/list?run_id=${nobody}`)).statusCode).toBe(404);
    for (const nobodys of ['..', '3', `m-${nobody}`])
      expect((await get(`/api/2.0/mlflow/artifacts/list?run_id=${nobodys}`)).json()).toMatchObject({
        code: 'run-not-found',
        field: 'run_id',
      });
    expect((await get('/api/2.0/mlflow/artifacts/list?run_id=')).statusCode).toBe(400);
    expect((await get('/api/2.0/mlflow/artifacts/list?run_id=3&path=..')).json()).toMatchObject({ field: 'path' });
    expect((await put(`1/${DELETED_RUN}/artifacts/x`, 'x')).json()).toMatchObject({ code: 'run-deleted' });
    expect((await get(`${PROXY}/1/${RUN}/artifacts/none`)).json()).toMatchObject({ code: 'artifact-not-found' });
    expect(readdirSync(lab.folder)).not.toContain('artifacts');
  });

  it('refuses a file where a folder is, and the reverse', async () => {
    await put(`1/${RUN}/artifacts/a/b`, 'x');
    expect((await put(`1/${RUN}/artifacts/a`, 'x')).json()).toMatchObject({ code: 'artifact-path-is-folder' });
    expect((await put(`1/${RUN}/artifacts/a/b/c`, 'x')).json()).toMatchObject({ code: 'artifact-folder-is-file' });
  });

  it('stores an empty file', async () => {
    expect((await put(`1/${RUN}/artifacts/empty`, '')).statusCode).toBe(200);
    const answer = await get(`${PROXY}/1/${RUN}/artifacts/empty`);
    expect([answer.statusCode, answer.body, answer.headers.etag]).toEqual([200, '', `"${sha256('')}"`]);
  });

  const remove = (path: string) => lab.app.inject({ method: 'DELETE', url: `${PROXY}/${path}` });

  it('deletes a file and a folder from lists and downloads, and keeps what they were', async () => {
    for (const path of ['m/a', 'm/b', 'x']) await put(`1/${RUN}/artifacts/${path}`, path);
    expect((await remove(`1/${RUN}/artifacts/m/a`)).json()).toEqual({});
    expect((await get(`${PROXY}/1/${RUN}/artifacts/m/a`)).json()).toMatchObject({ code: 'artifact-not-found' });
    expect((await get(`${PROXY}?path=1/${RUN}/artifacts/m`)).json()).toMatchObject({ files: [{ path: 'b' }] });
    await remove(`1/${RUN}/artifacts/m/`);
    expect((await get(`${PROXY}?path=1/${RUN}/artifacts`)).json()).toMatchObject({ files: [{ path: 'x' }] });
    await put(`1/${RUN}/artifacts/m/a`, 'new');
    const { versions } = (await get(`/api/v1/artifacts/versions?run_id=${RUN}&path=m/a`)).json<{
      versions: { sha256: string; deleted_at?: number }[];
    }>();
    expect(versions).toMatchObject([{ sha256: sha256('new') }, { sha256: sha256('m/a') }]);
    expect(versions.map(({ deleted_at }) => typeof deleted_at)).toEqual(['undefined', 'number']);
    expect(await lab.store.has(sha256('m/b'))).toBe(true);
    expect((await lab.events()).map(({ type, data }) => `${type} ${data['path'] as string}`).slice(3)).toEqual([
      'ArtifactDeleted m/a',
      'ArtifactDeleted m/b',
      'ArtifactStored m/a',
    ]);
  });

  it('deletes all files of a run, also of a deleted one, and what is not there again', async () => {
    await put(`1/${RUN}/artifacts/x`, 'x');
    for (const path of [
      `1/${RUN}/artifacts/`,
      `1/${RUN}/artifacts`,
      `1/${DELETED_RUN}/artifacts/`,
      `1/${RUN}/artifacts/y`,
    ])
      expect([(await remove(path)).statusCode, path]).toEqual([200, path]);
    expect((await get(`${PROXY}?path=1/${RUN}/artifacts`)).json()).toEqual({});
    expect((await lab.events()).map(({ type }) => type)).toEqual(['ArtifactStored', 'ArtifactDeleted']);
    expect((await remove(`2/${RUN}/artifacts/x`)).json()).toMatchObject({ code: 'run-not-found' });
  });

  it('answers an error, not bytes, when what is stored is damaged, and records that it was', async () => {
    await put(`1/${RUN}/artifacts/x`, 'good');
    const digest = sha256('good');
    writeFileSync(join(lab.folder, 'artifacts', 'sha256', digest.slice(0, 2), digest), 'evil');
    const answer = await get(`${PROXY}/1/${RUN}/artifacts/x`);
    // Not one of the statuses that MLflow's client answers with minutes of the same request.
    expect([answer.statusCode, answer.json()]).toMatchObject([
      410,
      { error_code: 'DATA_LOSS', code: 'artifact-damaged', message: expect.stringContaining(digest) },
    ]);
    await get(`${PROXY}/1/${RUN}/artifacts/x`);
    expect((await lab.events()).slice(1)).toMatchObject([
      { type: 'ArtifactDamageFound', data: { sha256: digest, actual: sha256('evil') } },
    ]);
  });

  it('streams a large file in and out, and records nothing of an upload that breaks off', async () => {
    await lab.app.listen(0, '127.0.0.1');
    const { port } = lab.app.getHttpServer().address() as AddressInfo;
    const url = `http://127.0.0.1:${port}${PROXY}/1/${RUN}/artifacts`;
    const large = Buffer.alloc(12 * 1024 * 1024, 'custody');
    const stored = await fetch(`${url}/large`, {
      method: 'PUT',
      body: large,
      headers: { 'content-type': 'application/json' },
    });
    expect(stored.status).toBe(200);
    expect(sha256(Buffer.from(await (await fetch(`${url}/large`)).arrayBuffer()))).toBe(sha256(large));
    await new Promise<void>((resolve) => {
      const upload = request(`${url}/broken`, { method: 'PUT', headers: { 'content-length': 100 } });
      upload.once('error', () => resolve());
      upload.write('only this', () => setImmediate(() => upload.destroy(new Error('gone'))));
    });
    await lab.app.close();
    expect((await lab.events()).map(({ data }) => data['path'])).toEqual(['large']);
    expect(lab.staged()).toEqual([]);
  });
});

describe('the artifacts room by its commands and queries', () => {
  let lab: RoomLab;
  beforeEach(async () => {
    lab = await RoomLab.open({
      modules: [ArtifactsModule],
      events: artifactsEvents,
      projections: artifactsProjections,
    });
  });
  afterEach(() => lab.close());
  const runId = RUN as RunId;
  const experimentId = '1' as ExperimentId;

  it('stores, lists and opens', async () => {
    const store = new StoreArtifact(lab.context(), { runId, experimentId, path: 'm/x', body: Buffer.from('abc') });
    expect(await lab.commands.execute(store)).toEqual({ path: 'm/x', sha256: sha256('abc'), size: 3 });
    await lab.projector.catchUp();
    expect(await lab.queries.execute(new ListArtifacts(runId, 'm'))).toEqual([
      { path: 'm/x', name: 'x', isDir: false, size: 3, sha256: sha256('abc') },
    ]);
    const opened = await lab.queries.execute(new OpenArtifact(runId, 'm/x'));
    expect(Buffer.concat(await (await opened.open()).toArray()).toString()).toBe('abc');
  });

  it('settles uploads to one path at the same time as one order of them', async () => {
    const bodies = Array.from({ length: 10 }, (_, index) => `body ${index}`);
    await Promise.all(
      bodies.map((body) =>
        lab.commands.execute(
          new StoreArtifact(lab.context(), { runId, experimentId, path: 'x', body: Buffer.from(body) }),
        ),
      ),
    );
    const events = await lab.events();
    expect(new Set(events.map(({ data }) => data['sha256']))).toEqual(new Set(bodies.map(sha256)));
    const { sha256: newest } = await lab.queries.execute(new OpenArtifact(runId, 'x'));
    expect(newest).toBe(events.at(-1)!.data['sha256']);
  });

  it('refuses a path before it reads the body', async () => {
    const store = new StoreArtifact(lab.context(), { runId, experimentId, path: '../x', body: Buffer.from('abc') });
    await expect(lab.commands.execute(store)).rejects.toMatchObject({ code: 'artifact-path-invalid', field: 'path' });
    expect(readdirSync(lab.folder)).not.toContain('artifacts');
  });
});
