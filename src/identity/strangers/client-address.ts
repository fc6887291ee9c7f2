import { isIP } from 'node:net';
import { CustodyRequest } from '../../http/index.js';

/**
 * Where a request comes from: what a trusted proxy says (Fastify reads it), else who opened the connection.
 * What a proxy passes on and is no address is not believed, and never kept.
 */
export function clientAddress({ ip, socket }: CustodyRequest): string {
  const address = isIP(ip) === 0 ? (socket.remoteAddress ?? 'unknown') : ip;
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** What one subscriber can send from: an IPv4 address, or the first 64 bits of an IPv6 one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
