import { describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.js';

const MASTER = Buffer.alloc(32, 7).toString('base64');

describe('the settings of the key service', () => {
  it('take a program with its arguments, as a JSON array', () => {
    const { masterKeyCommand } = readSettings({ CUSTODY_MASTER_KEY_COMMAND: '["aws", "kms", "a b"]' });
    expect(masterKeyCommand).toEqual(['aws', 'kms', 'a b']);
  });

  it.each(['aws kms decrypt', '[]', '[""]', '["a", 1]', '{"a": 1}', '["a\\u0000"]', '"aws"'])(
    'refuse %s as a program',
    (text) => {
      expect(() => readSettings({ CUSTODY_MASTER_KEY_COMMAND: text })).toThrow(
        /^CUSTODY_MASTER_KEY_COMMAND: must be a JSON array of texts/,
      );
    },
  );

  it.each(['http://kms.example/x', 'ftp://x', 'kms', 'https://user:secret@kms.example/'])(
    'refuse %s as an address',
    (text) => {
      expect(() => readSettings({ CUSTODY_MASTER_KEY_URL: text })).toThrow(/^CUSTODY_MASTER_KEY_URL: must /);
      expect(() => readSettings({ CUSTODY_MASTER_KEY_URL: text })).not.toThrow(/secret/);
    },
  );

  it.each([
    [{ CUSTODY_MASTER_KEY: MASTER, CUSTODY_MASTER_KEY_COMMAND: '["x"]' }],
    [{ CUSTODY_MASTER_KEY_URL: 'https://kms.example/', CUSTODY_MASTER_KEY_COMMAND: '["x"]' }],
  ])('want the key from one place', (environment) => {
    expect(() => readSettings(environment)).toThrow(/the master key comes from one place/);
  });

  it('want an address for a token', () => {
    expect(() => readSettings({ CUSTODY_MASTER_KEY_TOKEN: 's3cret' })).toThrow(/^CUSTODY_MASTER_KEY_TOKEN: is for/);
  });
});
