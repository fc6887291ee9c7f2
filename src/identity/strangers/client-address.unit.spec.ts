import { describe, expect, it } from '@jest/globals';
import { CustodyRequest } from '../../http/index.js';
import { clientAddress, networkOf } from './client-address.js';

const from = (ip: string, remoteAddress?: string) => ({ ip, socket: { remoteAddress } }) as unknown as CustodyRequest;

describe('where a request comes from', () => {
  it.each([
    [from('192.0.2.7', '10.0.0.1'), '192.0.2.7'],
    [from('::ffff:192.0.2.7', '::1'), '192.0.2.7'],
    [from('"><script>', '10.0.0.1'), '10.0.0.1'],
    [from('192.0.2.7:4711', '10.0.0.1'), '10.0.0.1'],
    [from('', undefined), 'unknown'],
  ])('is an address, whatever a proxy passes on (%#)', (request, address) => {
    expect(clientAddress(request)).toBe(address);
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s belongs to %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
