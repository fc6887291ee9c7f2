import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, IncomingHttpHeaders, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unwrapMasterKey } from './index.js';

const KEY = randomBytes(32).toString('base64');
/** Each letter of the wrapped key, the other way round: enough to see that it was asked. */
const wrap = (text: string): string => [...text].reverse().join('');
const UNWRAPS = `let text = ''; process.stdin.on('data', (c) => (text += c)).on('end', () => console.log([...text.trim()].reverse().join('')))`;
const program = (source: string, ...more: readonly string[]) => [process.execPath, '-e', source, ...more];

describe('the master key from a key service', () => {
  let folder: string;
  let server: Server | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'custody-kms-'));
    writeFileSync(join(folder, 'master.key.wrapped'), `${wrap(KEY)}\n`);
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not asked for where no service is set', async () => {
    expect(await unwrapMasterKey(folder, {})).toBeUndefined();
  });

  describe('by a program', () => {
    const by = (source: string, ...more: readonly string[]) =>
      unwrapMasterKey(folder, { command: program(source, ...more) });

    it('is what it prints about the wrapped key on its standard input', async () => {
      expect(await by(UNWRAPS)).toBe(KEY);
    });

    it('gets the bytes of the file as they are: what a service wraps is no text', async () => {
      const wrapped = join(folder, 'bytes');
      writeFileSync(wrapped, Buffer.from([0x0a, 0xff, 0x00, 0x80, 0x0a]));
      const source = `const all = []; process.stdin.on('data', (c) => all.push(c)).on('end', () => {
        if (Buffer.concat(all).toString('hex') === '0aff00800a') console.log(${JSON.stringify(KEY)}); })`;
      expect(await unwrapMasterKey(folder, { command: program(source), wrapped })).toBe(KEY);
    });

    it('may lie wrapped somewhere else, or with the program altogether', async () => {
      const wrapped = join(folder, 'elsewhere');
      writeFileSync(wrapped, wrap(KEY));
      rmSync(join(folder, 'master.key.wrapped'));
      expect(await unwrapMasterKey(folder, { command: program(UNWRAPS), wrapped })).toBe(KEY);
      expect(await by('console.log(process.argv[1])', KEY)).toBe(KEY);
    });

    it('gets its arguments as they are: no shell reads them', async () => {
      const argument = '$(touch x); `y` "z" *';
      const source = `if (process.argv[1] === ${JSON.stringify(argument)}) console.log(${JSON.stringify(KEY)})`;
      expect(await by(source, argument)).toBe(KEY);
    });

    it('gets none of our own settings', async () => {
      process.env['CUSTODY_SMTP_URL'] = 'smtps://secret';
      try {
        expect(await by(`console.log(process.env.CUSTODY_SMTP_URL ?? ${JSON.stringify(KEY)})`)).toBe(KEY);
      } finally {
        delete process.env['CUSTODY_SMTP_URL'];
      }
    });

    it.each([
      ['fails', 'console.log("S3CRET"); console.error("S3CRET"); process.exit(3)', /ended with 3/],
      ['prints no key', 'console.log("S3CRET")', /did not answer base64 of exactly 32 bytes/],
      ['prints too short a key', 'console.log("c2hvcnQ=")', /exactly 32 bytes/],
      ['prints without end', 'process.stdout.write("S3CRET".repeat(100000))', /ended with/],
    ])('that %s stops the start, and what it said is told to nobody', async (_what, source, message) => {
      const failure = await by(source).then(
        () => undefined,
        (error: Error) => error,
      );
      expect(failure).toMatchObject({ name: 'KeystoreError', reason: 'key-service-failed' });
      expect(failure!.message).toMatch(message);
      expect(String(failure!.stack)).not.toContain('S3CRET');
    });

    it('that is not there is named', async () => {
      await expect(unwrapMasterKey(folder, { command: [join(folder, 'no-such-program')] })).rejects.toThrow(
        /no-such-program .*can't be started/,
      );
    });

    it('is not asked when the file with the wrapped key is missing where it was said to be', async () => {
      const wrapped = join(folder, 'missing');
      await expect(unwrapMasterKey(folder, { command: program(UNWRAPS), wrapped })).rejects.toThrow(
        /missing can't be read/,
      );
    });
  });

  describe('by an address', () => {
    let asked: { headers: IncomingHttpHeaders; body: string } | undefined;
    const answering = async (status: number, body: string, headers: Record<string, string> = {}) => {
      server = createServer((request, response) => {
        let text = '';
        request.on('data', (chunk: Buffer) => (text += chunk.toString()));
        request.on('end', () => {
          asked = { headers: request.headers, body: text };
          response.writeHead(status, headers).end(body);
        });
      });
      await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/transit/decrypt/custody`;
    };

    it.each([
      ['plaintext', JSON.stringify({ plaintext: KEY })],
      ['data.plaintext, as Vault does', JSON.stringify({ data: { plaintext: KEY } })],
    ])('is what it answers as %s', async (_what, body) => {
      const url = await answering(200, body);
      expect(await unwrapMasterKey(folder, { url, token: 't0ken' })).toBe(KEY);
      expect(JSON.parse(asked!.body)).toEqual({ ciphertext: wrap(KEY) });
      expect(asked!.headers).toMatchObject({ authorization: 'Bearer t0ken', 'x-vault-token': 't0ken' });
    });

    it.each([
      ['refuses', 403, 'S3CRET', {}, /answered 403/],
      ['sends elsewhere', 302, '', { location: 'http://127.0.0.1:1/' }, /can't be reached/],
      ['answers no JSON', 200, 'S3CRET', {}, /answered no plaintext/],
      ['answers no key', 200, '{"plaintext":"S3CRET"}', {}, /exactly 32 bytes/],
    ] as const)(
      'that %s stops the start, and what it said is told to nobody',
      async (_what, status, body, headers, message) => {
        const url = await answering(status, body, headers);
        const failure = await unwrapMasterKey(folder, { url, token: 't0ken' }).then(
          () => undefined,
          (error: Error) => error,
        );
        expect(failure!.message).toMatch(message);
        expect(String(failure!.stack)).not.toMatch(/S3CRET|t0ken/);
      },
    );

    it('needs something to unwrap', async () => {
      rmSync(join(folder, 'master.key.wrapped'));
      await expect(unwrapMasterKey(folder, { url: 'http://127.0.0.1:1/' })).rejects.toThrow(/needs a wrapped key/);
    });
  });
});
