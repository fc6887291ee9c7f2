import { describe, expect, it } from '@jest/globals';
import { isPublic } from './address.js';
import { InternalReceivers } from './internal-receivers.js';
import { signature } from './signature.js';
import { assertAddresses, webhookUrl } from './target.js';

const refused = expect.objectContaining({
  kind: 'invalid',
  code: 'webhook-url-invalid',
  field: 'url',
}) as unknown as Error;

const none = new InternalReceivers(false);
const local = new InternalReceivers(true);

describe('an address', () => {
  it.each(['8.8.8.8', '93.184.216.34', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    '%s is on the public Internet',
    (address) => expect(isPublic(address)).toBe(true),
  );
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    'localhost',
    '',
  ])('%j is not', (address) => expect(isPublic(address)).toBe(false));
});

describe("a receiver's URL", () => {
  it.each(['https://hooks.example.com/a?b=c', 'https://hooks.example.com:8443/', 'https://93.184.216.34/x'])(
    'may be %s',
    (url) => expect(webhookUrl(url, none).href).toBe(url),
  );

  it.each([
    '',
    'hooks.example.com',
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'gopher://hooks.example.com/',
    'https://',
    'https://user@hooks.example.com/',
    'https://user:secret@hooks.example.com/',
    'https://hooks.example.com/#x',
    'https://hooks.example.com\\@127.0.0.1/',
    'https://hooks.example.com/a b',
    'https://hooks.example.com/\u0000',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0177.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://127.0.0.1./',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fe80::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1:8443/',
    'https://１２７.0.0.1/',
    `https://hooks.example.com/${'x'.repeat(2100)}`,
  ])('may not be %j', (url) => expect(() => webhookUrl(url, none)).toThrow(refused));

  it('may be this machine, also by http, only where that is allowed', () => {
    for (const url of ['http://127.0.0.1:9/x', 'https://[::1]/x']) {
      expect(webhookUrl(url, local).href).toBe(url);
      expect(() => webhookUrl(url, none)).toThrow(refused);
    }
    expect(() => webhookUrl('https://10.0.0.1/', local)).toThrow(refused);
    expect(() => webhookUrl('http://93.184.216.34/', local)).toThrow(refused);
  });

  it('is refused when any of the addresses of its host is refused', () => {
    const url = new URL('https://hooks.example.com/');
    expect(() => assertAddresses(url, ['93.184.216.34'], none)).not.toThrow();
    for (const addresses of [['93.184.216.34', '10.0.0.1'], ['127.0.0.1'], ['::1'], []])
      expect(() => assertAddresses(url, addresses, none)).toThrow(refused);
    expect(() => assertAddresses(url, ['93.184.216.34', '127.0.0.1'], local)).toThrow(refused);
    expect(() => assertAddresses(new URL('http://hooks.example.com/'), ['93.184.216.34'], local)).toThrow(refused);
  });
});

describe('a receiver inside the house', () => {
  const allow = {
    hosts: ['ci.lab.example'],
    networks: [
      { address: '10.20.0.0', bits: 16 },
      { address: 'fd12:3456::', bits: 32 },
    ],
  };
  const inside = new InternalReceivers(false, allow);
  const addressed = (host: string, ...addresses: readonly string[]) =>
    assertAddresses(new URL(host), addresses, inside);

  it.each(['https://10.20.1.2/x', 'http://10.20.255.255:8080/x', 'https://[fd12:3456::1]/x'])(
    'may be called in a network that is allowed: %s',
    (url) => expect(webhookUrl(url, inside).href).toBe(url),
  );

  it.each([
    'https://10.21.0.1/',
    'https://192.168.1.1/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.20.0.1]/',
    'https://[fd12:3457::1]/',
    'https://169.254.169.254/',
    'http://93.184.216.34/',
  ])('may not be called outside of it: %s', (url) => expect(() => webhookUrl(url, inside)).toThrow(refused));

  it('may have any name that leads to such a network, all of it, and by its own name any private address', () => {
    expect(() => addressed('http://any.example', '10.20.0.1', '10.20.0.2')).not.toThrow();
    expect(() => addressed('https://ci.lab.example', '192.168.7.7')).not.toThrow();
    expect(() => addressed('http://CI.lab.example.', 'fc00::7')).not.toThrow();
    expect(() => addressed('https://ci.lab.example', '93.184.216.34')).not.toThrow();
  });

  it.each([
    ['https://any.example', '10.20.0.1', '10.30.0.1'],
    ['https://other.lab.example', '192.168.7.7'],
    ['https://ci.lab.example.evil.example', '192.168.7.7'],
    ['https://ci.lab.example', '127.0.0.1'],
    ['https://ci.lab.example', '169.254.169.254'],
    ['https://ci.lab.example', '192.168.7.7', '93.184.216.34'],
    ['http://ci.lab.example', '93.184.216.34'],
  ])('may not be %s at %s %s', (host, ...addresses) => expect(() => addressed(host, ...addresses)).toThrow(refused));
});

describe('a signature', () => {
  it("is what MLflow's own receivers compute", () =>
    expect(
      signature('s3cret', '0192f0a8-c4b7-7a1e-9d3c-5b6a7f8e9d0c', '1767603600', '{"entity":"model_version","größe":1}'),
    ).toBe('v1,wIYYaRoV9SutGJm5nugOW2Uqc09K2sV/LSvh6rn815g='));
});
