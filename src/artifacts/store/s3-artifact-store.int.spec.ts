import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { artifactStoreContract, StoreUnderTest } from '../contract/artifact-store.js';
import { S3Server, s3ServerIsThere } from '../testing/s3-server.js';
import { S3ArtifactStore, S3ArtifactStoreOptions, S3Place } from './s3-artifact-store.js';
import { s3Error } from './s3-errors.js';

const MiB = 1024 * 1024;
const suite = s3ServerIsThere ? describe : describe.skip;

suite('on a real S3 server', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await S3Server.start();
  });
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    await server.stop();
  });

  artifactStoreContract('in an S3 bucket', () => storeUnderTest(server));

  const opened = (
    place: Partial<S3Place>,
    credentials = server.credentials,
    more: Partial<S3ArtifactStoreOptions> = {},
  ): S3ArtifactStore => {
    const { bucket, region, endpoint } = server;
    const staging = mkdtempSync(join(tmpdir(), 'custody-s3-staging-'));
    folders.push(staging);
    return new S3ArtifactStore({ bucket, prefix: '', region, endpoint, ...place }, { staging, credentials, ...more });
  };

  it('checks the bucket and the credentials, and says in words what is wrong', async () => {
    await expect(opened({}).check()).resolves.toBeUndefined();
    await expect(opened({ bucket: 'not-there' }).check()).rejects.toMatchObject({
      code: 'artifact-bucket-missing',
    });
    await expect(opened({}, { ...server.credentials, secretAccessKey: 'wrong' }).check()).rejects.toMatchObject({
      code: 'artifact-store-denied',
    });
  });

  it.each([3000, 20 * MiB])(
    'sends %i bytes that are there no second time, and those of a damaged object again',
    async (size) => {
      await using way = await CountedWay.to(server.endpoint);
      const prefix = `lab/${randomUUID()}`;
      const [store, behind] = [opened({ prefix, endpoint: way.endpoint }), opened({ prefix })];
      const bytes = Buffer.alloc(size, 'same ');
      const sent = async (work: Promise<unknown>) => {
        const before = way.bytes;
        await work;
        return way.bytes - before;
      };
      expect(await sent(store.put(bytes))).toBeGreaterThanOrEqual(size);
      expect(await sent(store.put(bytes))).toBeLessThan(3000);
      const { sha256 } = await behind.put(bytes);
      await store.read(sha256);
      expect(await sent(store.put(bytes))).toBeLessThan(3000);
      const client = server.client();
      const Key = `${prefix}/sha256/${sha256.slice(0, 2)}/${sha256}`;
      await client.send(new PutObjectCommand({ Bucket: server.bucket, Key, Body: Buffer.alloc(size, 'other') }));
      await expect(store.open(sha256)).rejects.toMatchObject({ code: 'artifact-damaged' });
      expect(await sent(store.put(bytes))).toBeGreaterThanOrEqual(size);
      expect(bytes.equals(await store.read(sha256))).toBe(true);
      client.destroy();
      for (const each of [store, behind]) each.close();
    },
  );

  it('aborts multipart uploads that nobody goes on with, and none of others', async () => {
    const client = server.client();
    const { bucket: Bucket } = server;
    const prefix = `lab/${randomUUID()}`;
    const begin = (Key: string) => client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const begun = [`${prefix}/sha256/aa/${'a'.repeat(64)}`, `${prefix}/sha256/bb/${'b'.repeat(64)}`];
    const foreign = `${prefix}-of-others/sha256/aa/x`;
    for (const key of [...begun, foreign]) await begin(key);
    const open = async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return Uploads.map(({ Key }) => Key!).sort();
    };
    await opened({ prefix }).clean();
    expect(await open()).toEqual([...begun, foreign].sort());
    await opened({ prefix }, server.credentials, { unfinishedMs: -60_000 }).clean();
    expect(await open()).toEqual([foreign]);
    await opened({ prefix: `${prefix}-of-others` }, server.credentials, { unfinishedMs: -60_000 }).clean();
    client.destroy();
  });

  it('fetches no more at a time than may lie on the disk, and what was refused goes when there is room', async () => {
    const store = opened({ prefix: `lab/${randomUUID()}` }, server.credentials, { maxFetchedBytes: 3 * MiB });
    const [one, two] = await Promise.all([7, 8].map((fill) => store.put(Buffer.alloc(2 * MiB, fill))));
    const first = await store.open(one!.sha256);
    await expect(store.open(two!.sha256)).rejects.toMatchObject({ kind: 'unavailable', code: 'artifact-fetches-full' });
    for await (const _chunk of first) void _chunk;
    expect((await store.read(two!.sha256)).length).toBe(two!.size);
    const large = await store.put(Buffer.alloc(4 * MiB, 9));
    expect((await store.read(large.sha256)).length).toBe(large.size);
  });

  it('keeps objects at the root of the bucket when there is no prefix', async () => {
    const store = opened({});
    const { sha256 } = await store.put(Buffer.from('at the root'));
    const client = server.client();
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: server.bucket, Prefix: 'sha256/' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual([`sha256/${sha256.slice(0, 2)}/${sha256}`]);
    client.destroy();
  });
});

describe('an error of S3', () => {
  it.each([
    [{ name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } }, 'artifact-bucket-missing'],
    [{ name: 'PermanentRedirect', $metadata: { httpStatusCode: 301 } }, 'artifact-bucket-missing'],
    [{ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }, 'artifact-store-denied'],
    [{ name: 'SlowDown', $metadata: { httpStatusCode: 503 } }, 'artifact-store-failed'],
    [{ name: 'Error', code: 'ECONNREFUSED' }, 'artifact-store-unreachable'],
    [{ name: 'TimeoutError' }, 'artifact-store-unreachable'],
    [{ name: 'CredentialsProviderError' }, 'artifact-store-no-credentials'],
  ])('%j is told in words that help', (error, code) => {
    expect(s3Error(error, 'bucket')).toMatchObject({ kind: 'unavailable', code });
  });

  it('that nobody knows goes on as it is', () => {
    const error = new Error('odd');
    expect(s3Error(error, 'bucket')).toBe(error);
  });
});

/** A way to the server that counts what goes there. */
class CountedWay implements AsyncDisposable {
  bytes = 0;
  private readonly gate = createServer((socket) => {
    const { hostname, port } = new URL(this.target);
    const onward = connect(Number(port), hostname);
    socket.on('data', (chunk: Buffer) => (this.bytes += chunk.length));
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      one.on('error', () => other.destroy()).pipe(other);
  });

  private constructor(private readonly target: string) {}

  static async to(target: string): Promise<CountedWay> {
    const way = new CountedWay(target);
    way.gate.listen(0, '127.0.0.1');
    await once(way.gate, 'listening');
    return way;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.gate.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((done) => this.gate.close(done));
  }
}

/** A prefix and a staging folder of its own, so that what a test leaves behind is seen. */
async function storeUnderTest(server: S3Server): Promise<StoreUnderTest> {
  const { bucket, region, endpoint, credentials } = server;
  const staging = mkdtempSync(join(tmpdir(), 'custody-s3-staging-'));
  const prefix = `lab/${randomUUID()}`;
  const place = { bucket, prefix, region, endpoint };
  const client = server.client();
  const at = (sha256: string) => ({ Bucket: bucket, Key: `${prefix}/sha256/${sha256.slice(0, 2)}/${sha256}` });
  const stores: S3ArtifactStore[] = [];
  const store = (maxBytes?: number) => {
    const made = new S3ArtifactStore(place, {
      staging,
      credentials,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    stores.push(made);
    return made;
  };
  return {
    store: store(),
    limitedTo: store,
    overwrite: async (sha256, bytes) => void (await client.send(new PutObjectCommand({ ...at(sha256), Body: bytes }))),
    remove: async (sha256) => void (await client.send(new DeleteObjectCommand(at(sha256)))),
    objects: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}/` }));
      return Contents.map(({ Key }) => Key!.split('/').at(-1)!);
    },
    leftovers: async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      const files = readdirSync(staging, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      return [
        ...Uploads.map(({ Key }) => Key!),
        ...files.map(({ name }) => name).filter((name) => name.endsWith('.part')),
      ];
    },
    close: async () => {
      for (const each of stores) each.close();
      client.destroy();
      rmSync(staging, { recursive: true, force: true });
    },
  };
}
