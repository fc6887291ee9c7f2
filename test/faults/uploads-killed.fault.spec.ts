import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, dataFolder, Http, Proc, withPassword } from '../support/custody.js';

const MiB = 1024 * 1024;
const PARTS = 8;
const CLIENTS = 4;
const API = '/api/2.0/mlflow-artifacts';
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

interface Created {
  readonly upload_id: string;
  readonly credentials: readonly { readonly url: string; readonly headers: Record<string, string> }[];
}

describe('kill -9 of the server while files come in', () => {
  const data = dataFolder();
  const artifacts = join(data.path, 'artifacts');
  let server: Proc;
  let analyst: Http;
  let run: string;
  /** What was answered 200, by its path: the digest that it must have from then on. */
  const acknowledged = new Map<string, string>();

  const start = async () => {
    server = Proc.start(['serve', '--port', '0', '--data', data.path, '--log-level', 'error']);
    const ready = await server.ready();
    if (analyst) analyst = new Http(ready.url, analyst.login, analyst.password);
    return ready;
  };
  beforeAll(async () => {
    const { url, firstStart } = await start();
    const { login, oneTimePassword } = firstStart!;
    const admin = await withPassword(url, login, oneTimePassword, 'the first password of admin');
    analyst = await account(admin, 'ana.lyst', ['analyst']);
    const made = { experiment_id: '0' };
    const { body } = await analyst.post<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create', made);
    run = body.run.info.run_id;
  });
  afterAll(async () => {
    await server.stop();
    data.remove();
  });

  const place = () => `0/${run}/artifacts`;
  const staged = () =>
    (readdirSync(join(artifacts, 'incoming'), { recursive: true }) as string[]).filter((name) =>
      name.endsWith('.part'),
    );
  const inUploads = () => readdirSync(join(artifacts, 'uploads')).filter((name) => !name.startsWith('index.db'));
  /** Until a body in the making is this long on the disk; the clients' small ones never are. */
  const stagedBytes = async (least: number) => {
    const size = (name: string) => statSync(join(artifacts, 'incoming', name), { throwIfNoEntry: false })?.size ?? 0;
    while (!staged().some((name) => size(name) >= least)) await new Promise((done) => setTimeout(done, 2));
  };
  const listed = async () => {
    const { status, body } = await analyst.get<{ files?: { path: string; file_size: number }[] }>(
      `/api/2.0/mlflow/artifacts/list?run_id=${run}`,
    );
    expect(status).toBe(200);
    return new Map((body.files ?? []).map(({ path, file_size }) => [path, file_size]));
  };

  /** Kills the server when `until` says so, with other clients storing small files all the while. */
  const killedWhen = async (until: () => Promise<void>) => {
    let over = false;
    const client = async () => {
      while (!over) {
        const bytes = randomBytes(1000);
        const name = sha256(bytes).slice(0, 16);
        const answer = await analyst.send('PUT', `${API}/artifacts/${place()}/${name}`, bytes).catch(() => undefined);
        if (answer?.status === 200) acknowledged.set(name, sha256(bytes));
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    // The first file makes the folders.
    const before = acknowledged.size;
    while (acknowledged.size === before) await new Promise((done) => setTimeout(done, 2));
    await until().finally(async () => {
      await server.kill();
      over = true;
      await Promise.all(clients);
    });
    await start();
  };

  /** Sends the head of a body and leaves the rest to be waited for. */
  const halfSent = (path: string, headers: Record<string, string>, whole: Buffer): void => {
    const { login, password } = analyst;
    const auth = headers['x-custody-upload'] === undefined ? { auth: `${login}:${password}` } : {};
    const sent = request(analyst.url + path, {
      method: 'PUT',
      headers: { ...headers, 'content-length': whole.length },
      ...auth,
    });
    sent.on('error', () => undefined).write(whole.subarray(0, whole.length / 2));
  };

  const create = async (path: string) => {
    const { status, body } = await analyst.post<Created>(`${API}/mpu/create/${place()}`, { path, num_parts: PARTS });
    expect(status).toBe(200);
    return body;
  };
  const partOf = ({ credentials }: Created, number: number) => {
    const { url, headers } = credentials[number - 1]!;
    return { path: new URL(url).pathname, headers };
  };
  const send = async (created: Created, number: number, bytes: Buffer) => {
    const { path, headers } = partOf(created, number);
    const { status } = await new Http(analyst.url).send('PUT', path, bytes, headers);
    expect(status).toBe(200);
  };
  const complete = ({ upload_id }: Created, path: string, parts: readonly Buffer[]) =>
    analyst.post(`${API}/mpu/complete/${place()}`, {
      path,
      upload_id,
      parts: parts.map((part, index) => ({ part_number: index + 1, etag: sha256(part) })),
    });

  const nothingIsLost = async () => {
    const files = await listed();
    expect([...acknowledged.keys()].filter((name) => !files.has(name))).toEqual([]);
    for (const [name, digest] of acknowledged) {
      const answer = await fetch(`${analyst.url}${API}/artifacts/${place()}/${name}`, {
        headers: { authorization: `Basic ${Buffer.from(`${analyst.login}:${analyst.password}`).toString('base64')}` },
      });
      expect([answer.status, sha256(Buffer.from(await answer.arrayBuffer())), name]).toEqual([200, digest, name]);
    }
    expect(staged()).toEqual([]);
  };

  it('keeps what it acknowledged and nothing of a file that was half there', async () => {
    const whole = randomBytes(16 * MiB);
    await killedWhen(() => {
      halfSent(`${API}/artifacts/${place()}/half.bin`, {}, whole);
      return stagedBytes(4 * MiB);
    });
    expect((await listed()).has('half.bin')).toBe(false);
    await nothingIsLost();
  });

  it('goes on with an upload in parts from the parts that it acknowledged', async () => {
    const parts = Array.from({ length: PARTS }, () => randomBytes(8 * MiB));
    const created = await create('parts.bin');
    await send(created, 1, parts[0]!);
    await killedWhen(() => {
      const { path, headers } = partOf(created, 2);
      halfSent(path, headers, parts[1]!);
      return stagedBytes(2 * MiB);
    });
    await nothingIsLost();
    expect((await complete(created, 'parts.bin', parts)).status).toBe(400);
    for (let number = 2; number <= PARTS; number++) await send(created, number, parts[number - 1]!);
    expect((await complete(created, 'parts.bin', parts)).status).toBe(200);
    acknowledged.set('parts.bin', sha256(Buffer.concat(parts)));
    await nothingIsLost();
    expect(inUploads()).toEqual([]);
  });

  it('completes an upload in parts that it was killed in the completion of, once', async () => {
    const parts = Array.from({ length: PARTS }, () => randomBytes(8 * MiB));
    const created = await create('whole.bin');
    for (const [index, part] of parts.entries()) await send(created, index + 1, part);
    let completing: ReturnType<typeof complete> | undefined;
    await killedWhen(() => {
      completing = complete(created, 'whole.bin', parts);
      completing.catch(() => undefined);
      return stagedBytes(4 * MiB);
    });
    await expect(completing).rejects.toThrow();
    const size = (await listed()).get('whole.bin');
    expect([undefined, PARTS * 8 * MiB]).toContain(size);
    await nothingIsLost();
    for (let time = 0; time < 2; time++) expect((await complete(created, 'whole.bin', parts)).status).toBe(200);
    acknowledged.set('whole.bin', sha256(Buffer.concat(parts)));
    await nothingIsLost();
    const versions = await analyst.get<{ versions: unknown[] }>(
      `/api/v1/artifacts/versions?run_id=${run}&path=whole.bin`,
    );
    expect(versions.body.versions).toHaveLength(1);
    expect(inUploads()).toEqual([]);
  });
});
