import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { artifactStoreContract, StoreUnderTest } from '../contract/artifact-store.js';
import { S3Server, s3ServerIsThere } from '../testing/s3-server.js';
import { S3ArtifactStore, S3Place } from './s3-artifact-store.js';
import { s3Error } from './s3-errors.js';

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

  const opened = (place: Partial<S3Place>, credentials = server.credentials): S3ArtifactStore => {
    const { bucket, region, endpoint } = server;
    const staging = mkdtempSync(join(tmpdir(), 'custody-s3-staging-'));
    folders.push(staging);
    return new S3ArtifactStore({ bucket, prefix: '', region, endpoint, ...place }, { staging, credentials });
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
