import { describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.js';
import { smtpServer } from './mail-settings.js';

const from = 'custody@lab.example';
const read = (more: Record<string, string>) => readSettings({ CUSTODY_SMTP_FROM: from, ...more });
const server = (url: string, more: Record<string, string> = {}) => smtpServer(read({ CUSTODY_SMTP_URL: url, ...more }));

describe('the mail server', () => {
  it('is none by default', () => expect(smtpServer(readSettings({}))).toBeUndefined());

  it('is reached with TLS, from the start or after STARTTLS', () => {
    expect(server('smtps://mail.lab.example')).toEqual({ host: 'mail.lab.example', port: 465, tls: 'implicit' });
    expect(server('smtp://ann:p%40ss@mail.lab.example')).toEqual({
      host: 'mail.lab.example',
      port: 587,
      tls: 'starttls',
      auth: { user: 'ann', pass: 'p@ss' },
    });
    expect(server('smtp://[::1]:2525')).toEqual({ host: '::1', port: 2525, tls: 'starttls' });
  });

  it('is reached without TLS only where that is said, and then with credentials on this machine only', () => {
    const none = { CUSTODY_SMTP_TLS: 'none' };
    expect(server('smtp://relay.lab.example:25', none)).toMatchObject({ tls: 'none' });
    expect(server('smtp://u:p@127.0.0.1:25', none)).toMatchObject({ tls: 'none', auth: { user: 'u' } });
    expect(() => server('smtp://u:p@relay.lab.example', none)).toThrow(/CUSTODY_SMTP_TLS: credentials/);
    expect(() => server('smtps://relay.lab.example', none)).toThrow(/CUSTODY_SMTP_TLS/);
  });

  it.each([
    ['http://mail.lab.example'],
    ['mail.lab.example'],
    ['smtp://'],
    ['smtp://user@mail.lab.example'],
    ['smtp://u:s3cret@mail.lab.example/path'],
    ['smtp://u:s3cret@mail.lab.example?x=1'],
    ['smtp://u:s3cret%zz@mail.lab.example'],
  ])('is not %s, and no secret is printed', (url) => {
    expect(() => server(url)).toThrow(/^CUSTODY_SMTP_URL: /);
    expect(() => server(url)).not.toThrow(/s3cret/);
  });

  it('needs an address that its mail comes from', () => {
    expect(() => readSettings({ CUSTODY_SMTP_URL: 'smtps://m' })).toThrow(/CUSTODY_SMTP_FROM/);
    for (const bad of ['Custody <c@lab.example>', 'a@b, c@d', 'a@b\nBcc: c@d', 'nobody'])
      expect(() => read({ CUSTODY_SMTP_FROM: bad })).toThrow(/CUSTODY_SMTP_FROM: must be one plain mail address/);
  });
});
