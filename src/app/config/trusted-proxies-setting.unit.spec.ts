import { describe, expect, it } from '@jest/globals';
import { trustedProxiesSetting } from './trusted-proxies-setting.js';

describe('the trusted proxies', () => {
  it('are addresses and networks', () => {
    expect(trustedProxiesSetting('')).toEqual([]);
    expect(trustedProxiesSetting('10.0.0.5, 10.1.0.0/16,fd12::/64')).toEqual(['10.0.0.5', '10.1.0.0/16', 'fd12::/64']);
  });

  it.each([
    'proxy.lab.example',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.1,',
    'true',
    '1',
  ])('are not %s', (text) => {
    expect(() => trustedProxiesSetting(text)).toThrow('must be IP addresses and networks');
  });
});
