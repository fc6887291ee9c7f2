import { createCipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { custody, dataFolder, Http, Proc, withPassword } from '../support/custody.js';

/** A key service as small as one can be: AES-256-CTR under a key of its own, in a file that Custody never sees. */
const KMS = `
import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
const [iv, body] = readFileSync(0, 'utf8').trim().split('.').map((each) => Buffer.from(each, 'base64'));
const kek = Buffer.from(readFileSync(process.argv[2], 'utf8'), 'base64');
const open = createDecipheriv('aes-256-ctr', kek, iv);
process.stdout.write(Buffer.concat([open.update(body), open.final()]).toString('base64') + '\\n');
`;

describe('a server whose master key comes from a key service', () => {
  const [data, service] = [dataFolder(), dataFolder()];
  const master = randomBytes(32);
  const kek = join(service.path, 'kek');
  let env: Record<string, string>;

  const wrapWith = (key: Buffer): string => {
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-ctr', key, iv);
    return `${iv.toString('base64')}.${Buffer.concat([cipher.update(master), cipher.final()]).toString('base64')}`;
  };
  beforeAll(() => {
    const key = randomBytes(32);
    writeFileSync(kek, key.toString('base64'));
    writeFileSync(join(service.path, 'kms.mjs'), KMS);
    writeFileSync(join(service.path, 'wrapped'), wrapWith(key));
    env = {
      CUSTODY_MASTER_KEY_COMMAND: JSON.stringify([process.execPath, join(service.path, 'kms.mjs'), kek]),
      CUSTODY_MASTER_KEY_WRAPPED: join(service.path, 'wrapped'),
    };
  });
  afterAll(() => {
    data.remove();
    service.remove();
  });
  const serve = () => Proc.start(['serve', '--port', '0', '--data', data.path], env);

  it('starts, and starts again on what it sealed, without a key in the data folder or its messages', async () => {
    const first = serve();
    const { url, firstStart } = await first.ready();
    await withPassword(url, firstStart!.login, firstStart!.oneTimePassword, 'the first password of admin');
    await first.stop();
    const second = serve();
    const again = new Http((await second.ready()).url, firstStart!.login, 'the first password of admin');
    const { body } = await again.get<{ login: string }>('/api/v1/users/me');
    expect(body.login).toBe(firstStart!.login);
    await second.stop();
    expect(existsSync(join(data.path, 'keys', 'master.key'))).toBe(false);
    const told = first.out + second.out;
    expect(told).not.toContain(master.toString('base64'));
    expect(told).not.toContain(readFileSync(kek, 'utf8'));
  }, 60_000);

  it('does not start with another key than the one that it began with, or with none', async () => {
    writeFileSync(kek, randomBytes(32).toString('base64'));
    const other = await custody(['serve', '--port', '0', '--data', data.path], env);
    expect(other).toMatchObject({ code: 78, err: expect.stringMatching(/another master key than the one given/) });
    writeFileSync(kek, 'not a key');
    const broken = await custody(['serve', '--port', '0', '--data', data.path], env);
    expect(broken).toMatchObject({ code: 78, err: expect.stringMatching(/could not be unwrapped.*ended with 1/) });
  }, 60_000);
});
