import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, dataFolder, Proc, withPassword } from '../support/custody.js';
import { memoryLimit } from '../support/memory-limit.js';

const GiB = 1024 ** 3;
const SIZE = 2 * GiB;
const MEMORY = 400 * 1000 * 1000;
const PIECE = 1024 * 1024;

/** 2 GiB that nobody keeps: one block of noise, with its number at the head of each copy. */
function* pieces(): Generator<Buffer> {
  const noise = createHash('sha512').update('custody').digest();
  for (let index = 0; index < SIZE / PIECE; index++) {
    const piece = Buffer.alloc(PIECE, noise);
    piece.writeUInt32BE(index);
    yield piece;
  }
}

/** The most memory that a process ever had resident, as the kernel counted it: no sample can miss it. */
function peakResident(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kibibytes) * 1024;
}

function send(url: string, token: string, method: string, body?: Readable): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-length': SIZE } : {}) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, resolve).once('error', reject);
    if (body) pipeline(body, sent).catch(reject);
    else sent.end();
  });
}

const mebibytesPerSecond = (since: number) => Math.round(SIZE / 1024 ** 2 / ((performance.now() - since) / 1000));

describe('a file of 2 GiB', () => {
  const limit = memoryLimit(MEMORY);
  const data = dataFolder();
  let server: Proc;
  let base: string;
  let token: string;
  let place: string;

  /** Signing in by password takes 64 MiB of its own for a moment; a client that moves files has a token. */
  beforeAll(async () => {
    const first = Proc.start(['serve', '--port', '0', '--data', data.path]);
    const { url, firstStart } = await first.ready();
    const admin = await withPassword(
      url,
      firstStart!.login,
      firstStart!.oneTimePassword,
      'the first password of admin',
    );
    const analyst = await account(admin, 'ana.lyst', ['analyst']);
    ({ token } = (await analyst.post<{ token: string }>('/api/v1/tokens', { label: 'upload' })).body);
    const created = { experiment_id: '0' };
    const run = await analyst.post<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create', created);
    place = `/api/2.0/mlflow-artifacts/artifacts/0/${run.body.run.info.run_id}/artifacts`;
    await first.stop();
    server = Proc.start(['serve', '--port', '0', '--data', data.path], {}, limit?.wrap);
    base = (await server.ready()).url;
  });
  afterAll(async () => {
    await server.stop();
    limit?.remove();
    data.remove();
  });

  it('goes into a server that is held to 400 MB and out again, byte for byte', async () => {
    const { pid } = server.child;
    const before = peakResident(pid!);
    const digest = createHash('sha256');
    const source = Readable.from(pieces(), { objectMode: false, highWaterMark: PIECE });
    source.on('data', (piece: Buffer) => digest.update(piece));
    let since = performance.now();
    const stored = await send(`${base}${place}/large.bin`, token, 'PUT', source);
    expect(stored.statusCode).toBe(200);
    stored.resume();
    const upload = mebibytesPerSecond(since);
    const sha256 = digest.digest('hex');

    since = performance.now();
    const answer = await send(`${base}${place}/large.bin`, token, 'GET');
    expect([answer.statusCode, answer.headers['content-length'], answer.headers.etag]).toEqual([
      200,
      String(SIZE),
      `"${sha256}"`,
    ]);
    const received = createHash('sha256');
    for await (const piece of answer) received.update(piece as Buffer);
    expect(received.digest('hex')).toBe(sha256);
    const download = mebibytesPerSecond(since);

    // Under the kernel's limit it would not be alive any more; without one it must at least not grow with the file.
    const after = peakResident(pid!);
    const peak = `the server's peak ${Math.round(after / 1e6)} MB, ${Math.round(before / 1e6)} MB before`;
    console.info(
      `2 GiB: upload ${upload} MiB/s, download ${download} MiB/s, ${peak}${limit ? '' : ', no limit held it'}`,
    );
    expect(server.child.exitCode ?? server.child.signalCode).toBeNull();
    if (!limit) expect(after - before).toBeLessThan(MEMORY / 2);
  }, 300_000);
});
