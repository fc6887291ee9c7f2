import { isIP } from 'node:net';
import { errors } from '../../../core/index.js';
import { isPublic } from './address.js';
import { InternalReceivers } from './internal-receivers.js';

const MAX_URL = 2048;
const MAX_HOST = 253;

export const urlInvalid = (why: string) => errors.invalid('webhook-url-invalid', `Invalid webhook URL: ${why}`, 'url');

/**
 * A receiver's URL, as far as the text tells: https to a host (http only inside), without credentials. The parser has put
 * every spelling of an IP address into its plain form, so what is checked is what would be connected to.
 */
export function webhookUrl(text: string, internal: InternalReceivers): URL {
  if (text.length > MAX_URL) throw urlInvalid(`it is longer than ${MAX_URL} characters`);
  if (!text.isWellFormed() || /[\s\p{Cc}\\]/u.test(text) || !URL.canParse(text)) throw urlInvalid('it is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && internal.any)) throw urlInvalid('it must be https://');
  if (url.username !== '' || url.password !== '') throw urlInvalid('it must not hold a user name or a password');
  if (url.hash !== '') throw urlInvalid("it must not hold a '#'");
  const host = hostOf(url);
  if (host === '' || host.length > MAX_HOST) throw urlInvalid('it names no host');
  if (isIP(host) !== 0) assertAddresses(url, [host], internal);
  return url;
}

export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/** Every address must be allowed: of several, the network would choose. */
export function assertAddresses(url: URL, addresses: readonly string[], internal: InternalReceivers): void {
  if (addresses.length === 0) throw urlInvalid(`the host ${hostOf(url)} has no address`);
  if (addresses.every((address) => internal.has(hostOf(url), address))) return;
  if (url.protocol === 'http:')
    throw urlInvalid(
      'http:// is for receivers only that this server is set up to reach inside (CUSTODY_WEBHOOK_ALLOW)',
    );
  if (!addresses.every(isPublic)) {
    const way = 'whoever runs this server can allow it (CUSTODY_WEBHOOK_ALLOW)';
    throw urlInvalid(`the host ${hostOf(url)} is not on the public Internet; ${way}`);
  }
}
