import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFileSync, readFileSync } from 'node:fs';
import { get, RequestOptions } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { custody, dataFolder, Proc } from '../support/custody.js';

const PEM = 'test/support/tls';
const pem = (name: string) => readFileSync(`${PEM}/${name}.cert.pem`, 'utf8');

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
}

const ask = (url: string, options: RequestOptions): Promise<Answer> =>
  new Promise((done, reject) => {
    get(url, { agent: false, ...options }, (answer) => {
      answer.resume().on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers }));
    }).on('error', reject);
  });

describe('a server with a certificate', () => {
  const data = dataFolder();
  const [cert, key] = [join(data.path, 'cert.pem'), join(data.path, 'key.pem')];
  let server: Proc;
  let url: string;
  const install = (name: string) => {
    copyFileSync(`${PEM}/${name}.cert.pem`, cert);
    copyFileSync(`${PEM}/${name}.key.pem`, key);
  };
  beforeAll(async () => {
    install('first');
    const env = { CUSTODY_TLS_CERT: cert, CUSTODY_TLS_KEY: key };
    server = Proc.start(['serve', '--port', '0', '--data', join(data.path, 'data')], env);
    ({ url } = await server.ready());
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    data.remove();
  });

  it('speaks https, and tells browsers to stay with it', async () => {
    expect(url).toMatch(/^https:\/\//);
    const answer = await ask(`${url}/health`, { ca: pem('first') });
    expect(answer.status).toBe(200);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    const refused = await ask(`${url}/api/v1/users/me`, { ca: pem('first') });
    expect(refused.status).toBe(401);
    expect(refused.headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('speaks nothing older than TLS 1.2, and no plain HTTP', async () => {
    const { port } = new URL(url);
    const handshake = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string>((done) => {
        const socket = connect({
          port: Number(port),
          host: '127.0.0.1',
          ca: pem('first'),
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
        });
        socket.on('secureConnect', () => {
          done(socket.getProtocol() ?? '');
          socket.destroy();
        });
        socket.on('error', () => done('refused'));
      });
    expect(await handshake('TLSv1.1')).toBe('refused');
    expect(await handshake('TLSv1.2')).toBe('TLSv1.2');
    expect(await handshake('TLSv1.3')).toBe('TLSv1.3');
    await expect(fetch(url.replace('https', 'http') + '/health')).rejects.toThrow();
  });

  it('takes a renewed certificate at SIGHUP, and keeps the old one when the new one is wrong', async () => {
    const renewed = async (line: RegExp) => {
      server.child.kill('SIGHUP');
      while (!line.test(server.out)) await new Promise((done) => setTimeout(done, 20));
    };
    copyFileSync(`${PEM}/second.cert.pem`, cert);
    await renewed(/not renewed, the old one stays: CUSTODY_TLS_KEY: is not the key of the certificate/);
    expect((await ask(`${url}/health`, { ca: pem('first') })).status).toBe(200);
    install('second');
    await renewed(/the certificate was read again/);
    expect((await ask(`${url}/health`, { ca: pem('second') })).status).toBe(200);
    await expect(ask(`${url}/health`, { ca: pem('first') })).rejects.toThrow();
  });

  it('does not start with one that is wrong: the status is 78, and the setting is named', async () => {
    const args = ['serve', '--port', '0', '--data', join(data.path, 'other')];
    const wrong = await custody(args, { CUSTODY_TLS_CERT: join(data.path, 'none'), CUSTODY_TLS_KEY: key });
    expect([wrong.code, wrong.err]).toEqual([78, expect.stringContaining('CUSTODY_TLS_CERT')]);
    const half = await custody(args, { CUSTODY_TLS_CERT: cert });
    expect([half.code, half.err]).toEqual([78, expect.stringContaining('CUSTODY_TLS_KEY')]);
  });
});

describe('a server that others can reach', () => {
  const started = async (env: Readonly<Record<string, string>>) => {
    const data = dataFolder();
    const server = Proc.start(['serve', '--port', '0', '--host', '0.0.0.0', '--data', data.path], env);
    await server.ready();
    await server.stop();
    data.remove();
    return server.out;
  };

  it('warns at start without TLS and without a proxy that it may trust to have it', async () => {
    expect(await started({})).toMatch(/^warning: .*without TLS.*CUSTODY_TLS_CERT.*CUSTODY_TRUSTED_PROXIES/m);
    expect(await started({ CUSTODY_TRUSTED_PROXIES: '10.0.0.5' })).not.toContain('without TLS');
  });
});
