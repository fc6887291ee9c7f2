import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserId } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/index.js';
import { ArtifactsModule, artifactsEvents, artifactsProjections, PartialUploads } from '../../index.js';
import { DELETED_RUN, LAB_MAX_BYTES, LAB_UPLOADS, RoomLab, RUN, TestPolicy } from '../../testing/room-lab.js';
import { CompleteUpload } from './multipart-upload.commands.js';

const API = '/api/2.0/mlflow-artifacts';
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

interface Created {
  readonly upload_id: string;
  readonly credentials: readonly { url: string; part_number: number; headers: Record<string, string> }[];
}

describe('an upload in parts', () => {
  let lab: RoomLab;
  beforeEach(async () => {
    lab = await RoomLab.open({
      modules: [ArtifactsModule],
      events: artifactsEvents,
      projections: artifactsProjections,
    });
  });
  afterEach(() => lab.close());

  const post = (what: string, body: object, folder = `1/${RUN}/artifacts/m`, headers = {}) =>
    lab.app.inject({ method: 'POST', url: `${API}/mpu/${what}/${folder}`, payload: body, headers });
  const create = async (parts: number, path = '/home/ana/x.bin') =>
    (await post('create', { path, num_parts: parts })).json<Created>();
  const send = (created: Created, part: number, payload: string | Buffer, headers?: Record<string, string>) => {
    const { url, headers: token } = created.credentials[part - 1]!;
    return lab.app.inject({ method: 'PUT', url: new URL(url).pathname, payload, headers: headers ?? token });
  };
  const complete = (created: Created, etags: readonly string[], path = '/home/ana/x.bin') =>
    post('complete', {
      path,
      upload_id: created.upload_id,
      parts: etags.map((etag, index) => ({ part_number: index + 1, etag, url: 'http://elsewhere' })),
    });
  const etagOf = (text: string) => `"${sha256(text)}"`;
  const events = async () => (await lab.events()).map(({ type, data }) => [type, data['path'], data['sha256']]);
  const uploads = () => {
    const folder = join(lab.folder, 'artifacts', 'uploads');
    const names = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : [];
    return names.filter((name) => !name.startsWith('index.db')).sort();
  };

  it('becomes one file with the digest of the whole, recorded once, whatever order the parts come in', async () => {
    const created = await create(3);
    for (const part of [3, 1, 2]) {
      const answer = await send(created, part, `part ${part};`);
      expect([answer.statusCode, answer.headers['etag']]).toEqual([200, etagOf(`part ${part};`)]);
    }
    expect(await events()).toEqual([]);
    const etags = [1, 2, 3].map((part) => etagOf(`part ${part};`));
    expect((await complete(created, etags)).json()).toEqual({});
    const whole = 'part 1;part 2;part 3;';
    expect((await lab.app.inject({ url: `${API}/artifacts/1/${RUN}/artifacts/m/x.bin` })).body).toBe(whole);
    expect((await complete(created, etags)).json()).toEqual({});
    expect(await events()).toEqual([['ArtifactStored', 'm/x.bin', sha256(whole)]]);
    expect(uploads()).toEqual([]);
  });

  it('is completed once, also when it is asked for twice at the same time', async () => {
    const created = await create(1);
    await send(created, 1, 'all');
    const answers = await Promise.all([complete(created, [etagOf('all')]), complete(created, [etagOf('all')])]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(await events()).toHaveLength(1);
  });

  it('takes a part that is sent again in the place of the first', async () => {
    const created = await create(1);
    await send(created, 1, 'first try');
    await send(created, 1, 'second');
    expect((await complete(created, [etagOf('first try')])).json()).toMatchObject({
      code: 'part-not-found',
      field: 'parts',
    });
    expect((await complete(created, [etagOf('second')])).statusCode).toBe(200);
    expect(await events()).toEqual([['ArtifactStored', 'm/x.bin', sha256('second')]]);
  });

  it('is refused while parts are missing, twice named or not as they were received', async () => {
    const created = await create(2);
    await send(created, 1, 'a');
    for (const etags of [[], ['a'], ['a', 'b'], ['a', 'a', 'a']].map((parts) => parts.map(etagOf))) {
      const answer = await complete(created, etags);
      expect([answer.statusCode, answer.json<{ field: string }>().field]).toEqual([400, 'parts']);
    }
    const twice = { path: 'x.bin', upload_id: created.upload_id };
    const parts = [1, 1].map((part_number) => ({ part_number, etag: etagOf('a') }));
    expect((await post('complete', { ...twice, parts })).json()).toMatchObject({ code: 'parts-incomplete' });
    expect(await events()).toEqual([]);
  });

  it('does not become a file when a part rotted on the disk', async () => {
    const created = await create(1);
    await send(created, 1, 'sound');
    const folder = join(lab.folder, 'artifacts', 'uploads', created.upload_id);
    writeFileSync(join(folder, `1.${sha256('sound')}`), 'rotten');
    const answer = await complete(created, [etagOf('sound')]);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'part-damaged']);
    expect(await events()).toEqual([]);
    expect(lab.staged()).toEqual([]);
    await send(created, 1, 'sound');
    expect((await complete(created, [etagOf('sound')])).statusCode).toBe(200);
  });

  it('takes parts for its own token only, and only those that it has', async () => {
    const created = await create(1);
    const other = await create(1);
    for (const headers of [
      {},
      { 'x-custody-upload': '' },
      other.credentials[0]!.headers,
      { 'x-custody-upload': 'é'.repeat(43) },
    ])
      expect((await send(created, 1, 'x', headers)).json()).toMatchObject({ code: 'upload-token-wrong' });
    const { headers } = created.credentials[0]!;
    for (const part of ['0', '2', '-1', '1.5', 'x', '1%2f2', '00001', '99999999']) {
      const url = `${API}/mpu/part/${created.upload_id}/${part}`;
      expect((await lab.app.inject({ method: 'PUT', url, payload: 'x', headers })).json()).toMatchObject({
        code: 'part-number-invalid',
      });
    }
    for (const id of ['x', '..', '%2e%2e%2f', 'f'.repeat(32), `${created.upload_id}%2f..`]) {
      const url = `${API}/mpu/part/${id}/1`;
      expect((await lab.app.inject({ method: 'PUT', url, payload: 'x', headers })).statusCode).toBe(404);
    }
    expect(uploads()).toEqual([]);
  });

  it('is completed and aborted by the account that began it, at the place that it was begun for', async () => {
    const created = await create(1);
    await send(created, 1, 'x');
    const actor = { ...lab.context().actor, id: 'u-other' as UserId };
    const input = { runId: RUN, experimentId: '1', path: 'm/x.bin', uploadId: created.upload_id, parts: [] };
    await expect(
      lab.commands.execute(new CompleteUpload(lab.context({ actor }), input as unknown as CompleteUpload['input'])),
    ).rejects.toMatchObject({ kind: 'denied', code: 'not-your-upload' });
    const resource = { kind: 'artifact', id: `${RUN}/m/x.bin`, name: 'm/x.bin' };
    expect(lab.app.get<TestPolicy>(AccessPolicy).refused).toMatchObject([
      { by: 'u-other', code: 'not-your-upload', resource },
    ]);
    expect((await complete(created, [etagOf('x')], 'y.bin')).json()).toMatchObject({ code: 'upload-elsewhere' });
    expect((await post('abort', { path: 'y.bin', upload_id: created.upload_id })).json()).toMatchObject({
      code: 'upload-elsewhere',
    });
    expect((await complete(created, [etagOf('x')])).statusCode).toBe(200);
  });

  it('leaves nothing when it is aborted, and can be aborted again', async () => {
    const created = await create(2);
    await send(created, 1, 'x');
    for (let time = 0; time < 2; time++)
      expect((await post('abort', { path: 'x.bin', upload_id: created.upload_id })).json()).toEqual({});
    expect(uploads()).toEqual([]);
    expect((await send(created, 2, 'x')).json()).toMatchObject({ code: 'upload-not-found' });
    expect((await complete(created, [etagOf('x')])).statusCode).toBe(404);
  });

  it('that nobody goes on with is cleared away when the next one begins', async () => {
    const [forgotten, slow] = [await create(2), await create(2)];
    for (const each of [forgotten, slow]) await send(each, 1, 'x');
    lab.clock.advance(LAB_UPLOADS.maxAgeMs * 1000);
    await send(slow, 2, 'y');
    lab.clock.advance(1000);
    await create(1);
    expect(new Set(uploads().map((name) => name.split('/')[0]))).toEqual(new Set([slow.upload_id]));
    expect((await send(forgotten, 2, 'y')).json()).toMatchObject({ code: 'upload-not-found' });
    expect((await complete(slow, [etagOf('x'), etagOf('y')])).statusCode).toBe(200);
  });

  it('of which an account has as many as it may is refused with the way out, which leads out', async () => {
    for (let index = 0; index < LAB_UPLOADS.maxOpen; index++) await create(1, `${index} of 4.bin`);
    const answer = await post('create', { path: 'x.bin', num_parts: 1 });
    expect(answer.json()).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', code: 'uploads-too-many' });
    const [, url, body] = /POST (\S+) (\{.*?\})/.exec(answer.json<{ message: string }>().message)!;
    const abort = await lab.app.inject({ method: 'POST', url: url!, payload: JSON.parse(body!) as object });
    expect([abort.statusCode, (JSON.parse(body!) as { path: string }).path]).toEqual([200, '0 of 4.bin']);
    const next = await create(1);
    await send(next, 1, 'x');
    expect((await complete(next, [etagOf('x')])).statusCode).toBe(200);
    expect((await post('create', { path: 'y.bin', num_parts: 1 })).statusCode).toBe(200);
  });

  it('holds no more of the disk than its account may, whatever comes at the same time', async () => {
    const [first, second] = [await create(3), await create(2)];
    const half = Buffer.alloc(LAB_UPLOADS.maxStagedBytes / 2);
    const sent = await Promise.all([send(first, 1, half), send(second, 1, half), send(second, 2, half)]);
    expect(sent.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 413]);
    expect(sent.find(({ statusCode }) => statusCode === 413)!.json()).toMatchObject({
      code: 'uploads-hold-too-much',
      message: expect.stringContaining('abort'),
    });
    expect((await send(first, 2, 'x')).json()).toMatchObject({ code: 'uploads-hold-too-much' });
    expect((await send(first, 1, half)).statusCode).toBe(200);
    await post('abort', { path: 'x.bin', upload_id: second.upload_id });
    expect((await send(first, 2, 'x')).statusCode).toBe(200);
    expect(lab.staged()).toEqual([]);
  });

  it('of as many parts as there may be becomes one file', async () => {
    const created = await create(5000);
    const parts = Array.from({ length: 5000 }, (_, index) => `${index};`);
    for (let at = 0; at < parts.length; at += 50)
      await Promise.all(parts.slice(at, at + 50).map((part, index) => send(created, at + index + 1, part)));
    expect((await complete(created, parts.map(etagOf))).json()).toEqual({});
    expect(await events()).toEqual([['ArtifactStored', 'm/x.bin', sha256(parts.join(''))]]);
    expect(uploads()).toEqual([]);
  }, 300_000);

  it('is found by every process on the folder, and what none of them needs is cleaned away', async () => {
    const [open, done] = [await create(2), await create(1)];
    await send(open, 1, 'a');
    await send(done, 1, 'x');
    await complete(done, [etagOf('x')]);
    const uploadsFolder = join(lab.folder, 'artifacts', 'uploads');
    for (const leftover of ['0'.repeat(32), done.upload_id]) {
      mkdirSync(join(uploadsFolder, leftover));
      writeFileSync(join(uploadsFolder, leftover, `1.${sha256('a')}`), 'a');
    }
    const other = new PartialUploads(join(lab.folder, 'artifacts'), { ...LAB_UPLOADS, clock: lab.clock });
    await other.clean();
    expect(uploads()).toEqual([open.upload_id, join(open.upload_id, `1.${sha256('a')}`)]);
    await other.putPart(await other.find(open.upload_id), 2, Buffer.from('b'), {});
    other.close();
    expect((await complete(open, [etagOf('a'), etagOf('b')])).statusCode).toBe(200);
  });

  it('says which part is to be sent again when its file is gone', async () => {
    const created = await create(1);
    await send(created, 1, 'x');
    rmSync(join(lab.folder, 'artifacts', 'uploads', created.upload_id), { recursive: true });
    const answer = await complete(created, [etagOf('x')]);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'part-not-found']);
    await send(created, 1, 'x');
    expect((await complete(created, [etagOf('x')])).statusCode).toBe(200);
  });

  it('is never larger than an artifact may be', async () => {
    const created = await create(2);
    await send(created, 1, Buffer.alloc(LAB_MAX_BYTES - 10));
    expect((await send(created, 2, Buffer.alloc(11))).json()).toMatchObject({ code: 'artifact-too-large' });
    expect((await send(created, 2, Buffer.alloc(10))).statusCode).toBe(200);
  });

  it.each([
    ['path', { num_parts: 1 }],
    ['path', { path: 7 }],
    ['path', { path: '/home/ana/..' }],
    ['path', { path: 'C:\\models\\%2e%2e' }],
    ['path', { path: '/' }],
    ['num_parts', { path: 'x', num_parts: 0 }],
    ['num_parts', { path: 'x', num_parts: 5001 }],
    ['num_parts', { path: 'x', num_parts: 'many' }],
  ])('is refused with a wrong %s: %j', async (field, body) => {
    const answer = await post('create', body);
    expect([answer.statusCode, answer.json<{ field: string }>().field]).toEqual([400, field]);
    expect(uploads()).toEqual([]);
  });

  it('takes the name of the file as clients of every system have it', async () => {
    const windows = await create(1, 'C:\\Users\\ana\\model.pkl');
    expect((await lab.app.get(PartialUploads).find(windows.upload_id)).path).toBe('m/model.pkl');
  });

  it('needs a run that may be written to', async () => {
    const body = { path: 'x', num_parts: 1 };
    expect((await post('create', body, `1/${DELETED_RUN}/artifacts`)).json()).toMatchObject({ code: 'run-deleted' });
    expect((await post('create', body, `2/${RUN}/artifacts`)).json()).toMatchObject({ code: 'run-not-found' });
    expect((await post('create', body, `1/${RUN}/artifacts/%2e%2e%2fx`)).statusCode).toBe(400);
  });

  it('answers addresses under the name that the client calls this server', async () => {
    const origin = async (headers: Record<string, string>) => {
      const answer = await post('create', { path: 'x' }, `1/${RUN}/artifacts`, headers);
      return answer.statusCode === 200 ? new URL(answer.json<Created>().credentials[0]!.url).origin : answer.statusCode;
    };
    expect(await origin({ host: '127.0.0.1:5000' })).toBe('http://127.0.0.1:5000');
    expect(await origin({ host: '[::1]:5000' })).toBe('http://[::1]:5000');
    expect(
      await origin({ host: 'inner:1', 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'lab.example' }),
    ).toBe('https://lab.example');
    for (const host of ['a b', 'user@evil', 'x/../y', 'x?y', 'x#y']) expect(await origin({ host })).toBe(400);
    expect(await origin({ host: 'x', 'x-forwarded-proto': 'javascript' })).toBe(400);
  });
});
