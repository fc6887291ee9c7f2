import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { verifyModelSignature } from '../../src/registry/index.js';
import { custody as command } from '../support/custody.js';
import { clientServer, withPython } from '../support/python.js';

withPython('signatures of models, to OpenSSF’s own verifier', () => {
  let custody: Awaited<ReturnType<typeof clientServer>>;
  beforeAll(async () => {
    custody = await clientServer();
  });
  afterAll(() => custody.end());

  it('verify over what the unmodified client downloads, and not when a byte is another', async () => {
    const said = await custody.script('model_signatures').passed();
    const [, folder = ''] = /^model (.+)$/m.exec(said)!;
    const [, name = ''] = /^name (.+)$/m.exec(said)!;

    // Ours comes to the same: the script left the model with one byte more than was signed.
    const model = join(custody.data, folder);
    const verify = () =>
      verifyModelSignature({
        bundle: readFileSync(join(custody.data, '1.sig')),
        publicKey: readFileSync(join(custody.data, 'custody.pub'), 'utf8'),
        files: digestsOf(model),
        subject: `${name}/1`,
      });
    expect(verify()).toEqual({ ok: false, problems: ['MLmodel is not the file that was signed'] });
    const file = join(model, 'MLmodel');
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    expect(verify()).toMatchObject({ ok: true, subject: `${name}/1` });

    const { login = '', password = '' } = custody.analyst;
    const who = { CUSTODY_URL: custody.url, CUSTODY_USERNAME: login, CUSTODY_PASSWORD: password };
    const [sig, key] = [join(custody.data, 'again.sig'), join(custody.data, 'again.pub')];
    const fetched = await command(['model-signature', name, '1', '-o', sig, '--key', key], who);
    expect(fetched).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(sig).equals(readFileSync(join(custody.data, '1.sig')))).toBe(true);
    expect(readFileSync(key).equals(readFileSync(join(custody.data, 'custody.pub')))).toBe(true);
    const none = await command(['model-signature', name, '9', '-o', sig], who);
    expect(none).toMatchObject({ code: 65, err: expect.stringContaining('version=9') });
  });
});

function digestsOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [file.slice(folder.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')];
    }),
  );
}
