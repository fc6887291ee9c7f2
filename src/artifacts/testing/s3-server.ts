import { ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

const PROGRAM = resolve(process.env['CUSTODY_TEST_VERSITYGW'] ?? '.tools/bin/versitygw');
const TRIES = 200;

/** In CI the server must be there; on a developer's machine without it the suites say that they were skipped. */
export const s3ServerIsThere = process.env['CI'] !== undefined || existsSync(PROGRAM);

/** Versity's S3 gateway over a temporary folder: a server that others run in production, in a process of its own. */
export class S3Server {
  readonly bucket = 'custody-test';
  readonly region = 'us-east-1';
  readonly credentials = { accessKeyId: 'custody', secretAccessKey: 'a secret of this test' };

  private constructor(
    readonly endpoint: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<S3Server> {
    const folder = mkdtempSync(join(tmpdir(), 'custody-s3-'));
    for (const name of ['buckets', 'metadata']) mkdirSync(join(folder, name));
    const port = await freePort();
    const child = spawn(
      PROGRAM,
      [
        '--port',
        `127.0.0.1:${port}`,
        '--quiet',
        'posix',
        '--sidecar',
        join(folder, 'metadata'),
        join(folder, 'buckets'),
      ],
      { env: { ROOT_ACCESS_KEY: 'custody', ROOT_SECRET_KEY: 'a secret of this test' }, stdio: 'ignore' },
    );
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    const server = new S3Server(`http://127.0.0.1:${port}`, folder, child);
    await Promise.race([server.ready(), failed]);
    return server;
  }

  client(): S3Client {
    const { endpoint, region, credentials } = this;
    return new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const client = this.client();
    for (let tried = 1; ; tried++) {
      try {
        await client.send(new CreateBucketCommand({ Bucket: this.bucket }));
        return client.destroy();
      } catch (error) {
        if (tried === TRIES || this.child.exitCode !== null) throw error;
        await pause(50);
      }
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
