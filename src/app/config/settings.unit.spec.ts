import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readSettings, renderEnvExample } from './settings.js';

describe('settings', () => {
  it('have defaults that work on a fresh machine', () => {
    expect(readSettings({})).toMatchObject({
      host: '127.0.0.1',
      port: 5000,
      open: false,
      ledger: '',
      logLevel: 'info',
    });
  });

  it('come from CUSTODY_ variables, and a flag wins over its variable', () => {
    const environment = { CUSTODY_PORT: '8080', CUSTODY_LOG_LEVEL: 'debug' };
    expect(readSettings(environment)).toMatchObject({ port: 8080, logLevel: 'debug' });
    expect(readSettings(environment, { port: '9090' })).toMatchObject({ port: 9090, logLevel: 'debug' });
  });

  it.each([
    ['CUSTODY_PORT', '70000', /whole number from 0 to 65535/],
    ['CUSTODY_PORT', 'http', /whole number/],
    ['CUSTODY_LEDGER', 'mysql://user:hunter2@host', /must be sqlite/],
    ['CUSTODY_ARTIFACTS', '/srv/hunter2', /must be file, or s3:/],
    ['CUSTODY_MASTER_KEY', 'aHVudGVyMg==', /32 bytes/],
    ['CUSTODY_OPEN', 'maybe', /true or false/],
    ['CUSTODY_LOG_LEVEL', 'loud', /must be one of/],
    ['CUSTODY_HOST', 'a b', /host name/],
    ['CUSTODY_PROT', '5000', /no such setting/],
  ])('a wrong %s is named, without its value', (variable, value, reason) => {
    const read = () => readSettings({ [variable]: value });
    expect(read).toThrow(new RegExp(`^${variable}: .*`, 'm'));
    expect(read).toThrow(reason);
    expect(read).not.toThrow(/hunter2|aHVudGVyMg/);
  });

  it('all wrong ones are named at once, flags by their flag', () => {
    expect(() => readSettings({ CUSTODY_PORT: 'x', CUSTODY_OPEN: 'y' }, { concurrency: '0' })).toThrow(
      /CUSTODY_PORT.*\n.*CUSTODY_OPEN.*\n.*--concurrency/,
    );
  });

  it('an open server listens on loopback only', () => {
    expect(readSettings({ CUSTODY_OPEN: 'true', CUSTODY_HOST: '127.0.0.2' }).open).toBe(true);
    for (const host of ['0.0.0.0', '::', '192.168.1.4', 'lab.example.org', '127.0.0.1.example.org']) {
      expect(() => readSettings({ CUSTODY_OPEN: 'true', CUSTODY_HOST: host })).toThrow(/loopback only/);
    }
  });

  it('.env.example lists every one of them', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(renderEnvExample());
  });
});
