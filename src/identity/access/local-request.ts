import { isIP } from 'node:net';
import { CustodyRequest } from '../../http/index.js';

/**
 * Why a request to an open server is not from this machine, or not meant by its user: sent from elsewhere,
 * under a name that a foreign site has pointed at this machine (DNS rebinding), or by a page of another
 * site in the user's browser.
 */
export function notLocal(request: CustodyRequest): string | undefined {
  if (!isLoopbackAddress(request.socket.remoteAddress ?? '')) return 'this open server answers only its own machine';
  const { host, origin } = request.headers;
  if (host === undefined || !isLoopbackHost(host))
    return 'this open server answers only as localhost, 127.0.0.1 or [::1]';
  if (origin !== undefined && !sameHost(origin, host))
    return 'this open server takes no requests from pages of other sites';
  const site = request.headers['sec-fetch-site'];
  const followsLink = request.headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET';
  if (site === 'cross-site' && !followsLink) return 'this open server takes no requests from pages of other sites';
  return undefined;
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}

function sameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === new URL(`http://${host}`).host;
  } catch {
    return false;
  }
}
