import type { FastifyRequest } from 'fastify';
import { errors } from '../../core/index.js';

/** A name or an address, and perhaps a port; nothing that would mean more in a URL, or in a page that shows it. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]{0,253}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * Where the client found this server: what `meta.location` starts with. Asked before anything is done, since a
 * header that names no host must leave nothing behind. @throws invalid
 */
export function baseOf({ protocol, host }: FastifyRequest): string {
  const base = `${protocol}://${host}`;
  if (!HOST.test(host) || !URL.canParse(base)) throw errors.invalid('invalid-host', 'Host must name a host', 'Host');
  return base;
}
