import { describe, expect, it } from '@jest/globals';
import { webhookAllowSetting } from './webhook-allow-setting.js';

describe('the receivers inside the house', () => {
  it('are none by default', () => expect(webhookAllowSetting('')).toEqual({ hosts: [], networks: [] }));

  it('are host names, addresses and networks', () =>
    expect(webhookAllowSetting('CI.lab.example, lims,10.20.0.0/16 ,192.168.7.7,fd12:3456::/32,::1,127.0.0.1')).toEqual({
      hosts: ['ci.lab.example', 'lims'],
      networks: [
        { address: '10.20.0.0', bits: 16 },
        { address: '192.168.7.7', bits: 32 },
        { address: 'fd12:3456::', bits: 32 },
        { address: '::1', bits: 128 },
        { address: '127.0.0.1', bits: 32 },
      ],
    }));

  it.each([
    'a b',
    '*.lab.example',
    'ci,',
    ',',
    'https://ci.lab.example',
    'ci:8080',
    '-a',
    '10.1',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/x',
    '1.2.3.4.5',
    '::ffff:10.0.0.1',
  ])('are not %j', (text) => expect(() => webhookAllowSetting(text)).toThrow(/host names, IP addresses and networks/));

  it.each([
    '0.0.0.0/0',
    '::/0',
    '8.8.8.8',
    '10.0.0.0/7',
    '169.254.169.254',
    '169.254.0.0/16',
    '224.0.0.1',
    'fe80::1',
    '2001:db8::/32',
    '0.0.0.0',
  ])('are not everywhere: %s', (text) =>
    expect(() => webhookAllowSetting(text)).toThrow(/private networks and this machine only/),
  );
});
