import type { FastifyRequest } from 'fastify';
import { errors } from '../../../core/index.js';

/**
 * Where the client reaches this server, by its own account: as it says itself, or the proxy in front.
 * Nothing is trusted to it but the client's own next requests, since the answer goes to nobody else.
 */
export function ownOrigin({ headers, protocol }: Pick<FastifyRequest, 'headers' | 'protocol'>): string {
  const scheme = first(headers['x-forwarded-proto']) ?? protocol;
  const host = first(headers['x-forwarded-host']) ?? headers.host ?? '';
  if (!/^https?$/.test(scheme) || !/^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.test(host))
    throw errors.invalid('host-invalid', 'the Host header must name this server', 'host');
  return `${scheme}://${host}`;
}

const first = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header[0] : header)?.split(',', 1)[0]?.trim();
