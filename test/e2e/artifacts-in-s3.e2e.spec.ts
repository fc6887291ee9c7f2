import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { S3Server, s3ServerIsThere } from '../../src/artifacts/testing/s3-server.js';
import { account, custody as command, dataFolder, freshServer, Http } from '../support/custody.js';

const suite = s3ServerIsThere ? describe : describe.skip;
const SIZE = 24 * 1024 * 1024;

suite('a server that keeps its artifacts in S3', () => {
  let s3: S3Server;
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  let place: string;
  const settings = (bucket = s3.bucket, endpoint = s3.endpoint) => ({
    CUSTODY_ARTIFACTS: `s3://${bucket}/lab?endpoint=${encodeURIComponent(endpoint)}&region=${s3.region}`,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  });

  beforeAll(async () => {
    s3 = await S3Server.start();
    custody = await freshServer([], settings());
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
    const created = { experiment_id: '0' };
    const run = await analyst.post<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create', created);
    place = `/api/2.0/mlflow-artifacts/artifacts/0/${run.body.run.info.run_id}/artifacts`;
  });
  afterAll(async () => {
    await custody.end();
    await s3.stop();
  });

  it('stores, lists, gives back and keeps nothing of it on its own disk', async () => {
    const bytes = Buffer.alloc(SIZE, 'custody');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect((await analyst.send('PUT', `${place}/large.bin`, bytes)).status).toBe(200);
    const answer = await fetch(custody.url + place + '/large.bin', {
      headers: { authorization: `Basic ${Buffer.from(`${analyst.login}:${analyst.password}`).toString('base64')}` },
    });
    const back = Buffer.from(await answer.arrayBuffer());
    expect([answer.headers.get('etag'), back.equals(bytes)]).toEqual([`"${sha256}"`, true]);
    const client = s3.client();
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: s3.bucket }));
    client.destroy();
    expect(Contents.map(({ Key }) => Key)).toEqual([`lab/sha256/${sha256.slice(0, 2)}/${sha256}`]);
    const left = readdirSync(join(custody.data, 'artifacts'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))).toEqual([]);
  });

  it('refuses a damaged object with the reason, and tells the auditors', async () => {
    await analyst.send('PUT', `${place}/small`, 'good');
    const sha256 = createHash('sha256').update('good').digest('hex');
    const client = s3.client();
    const Key = `lab/sha256/${sha256.slice(0, 2)}/${sha256}`;
    await client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body: 'evil' }));
    client.destroy();
    const answer = await analyst.get(`${place}/small`);
    expect([answer.status, answer.body['error_code']]).toEqual([410, 'DATA_LOSS']);
    expect(answer.body['message']).toContain(sha256);
    const auditor = await account(custody.admin, 'audi.tor', ['auditor']);
    const trail = await auditor.get<{ events: { action: string; outcome: string }[] }>(
      `/api/v1/audit/events?resource=artifact-bytes:${sha256}`,
    );
    expect(trail.body.events).toMatchObject([{ action: 'ArtifactDamageFound', outcome: 'failed' }]);
  });

  it.each([
    ['a bucket that is not there', () => settings('not-there'), /bucket of the artifact store is not there/],
    ['a server that is away', () => settings(undefined, 'http://127.0.0.1:1'), /artifact store cannot be reached/],
    ['wrong credentials', () => ({ ...settings(), AWS_SECRET_ACCESS_KEY: 'wrong' }), /refuses our credentials/],
  ])('does not start on %s, and says why', async (_what, env, reason) => {
    const data = dataFolder();
    const { code, err } = await command(['serve', '--port', '0', '--data', data.path], env());
    data.remove();
    expect(code).toBe(69);
    expect(err).toMatch(reason);
    expect(err).not.toContain(s3.credentials.secretAccessKey);
  });
});
