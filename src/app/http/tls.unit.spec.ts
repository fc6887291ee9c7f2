import { describe, expect, it } from '@jest/globals';
import { readTls } from './tls.js';

const file = (name: string) => `test/support/tls/${name}.pem`;

describe('the certificate of the server', () => {
  it('is read with its key, and takes nothing older than TLS 1.2', () => {
    expect(readTls({ tlsCert: undefined, tlsKey: undefined })).toBeUndefined();
    expect(readTls({ tlsCert: file('first.cert'), tlsKey: file('first.key') })).toMatchObject({
      minVersion: 'TLSv1.2',
    });
  });

  it.each([
    ['first.cert', undefined, /^CUSTODY_TLS_KEY: a certificate needs its key$/],
    [undefined, 'first.key', /^CUSTODY_TLS_CERT: a key needs its certificate$/],
    ['nowhere', 'first.key', /^CUSTODY_TLS_CERT: the file can't be read \(ENOENT\)$/],
    ['first.key', 'first.key', /^CUSTODY_TLS_CERT: must be a certificate/],
    ['first.cert', 'first.cert', /^CUSTODY_TLS_KEY: must be a private key/],
    ['first.cert', 'second.key', /^CUSTODY_TLS_KEY: is not the key of the certificate$/],
  ])('%s with the key %s is refused, and the setting named', (cert, key, message) => {
    const given = { tlsCert: cert && file(cert), tlsKey: key && file(key) };
    expect(() => readTls(given)).toThrow(message);
  });
});
