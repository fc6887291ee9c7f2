import type { FastifyRequest } from 'fastify';
import { sameSecret } from '../../core/index.js';

export const CSRF_HEADER = 'x-custody-csrf';
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Why a request may have been made by a page of another site in the user's browser; browsers tell (Fetch metadata, Origin). */
export function fromElsewhere(request: FastifyRequest): string | undefined {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, origin } = request.headers;
  const followsLink = mode === 'navigate' && request.method === 'GET';
  if ((site === 'cross-site' || site === 'same-site') && !followsLink)
    return 'a page of another site may not use your session';
  if (origin !== undefined && !sameHost(origin, request.host))
    return 'the Origin of this request is another site, which may not use your session';
  return undefined;
}

/** Why a request by cookie is not taken for its user's own; `undefined` when nothing speaks against it. */
export function forged(request: FastifyRequest, token: string): string | undefined {
  const elsewhere = fromElsewhere(request);
  if (elsewhere !== undefined || SAFE.has(request.method)) return elsewhere;
  if (sameSecret(request.headers[CSRF_HEADER], token)) return undefined;
  return `a change by session needs the header ${CSRF_HEADER} with the csrf_token of GET /api/v1/sessions/current`;
}

function sameHost(origin: string, host: string | undefined): boolean {
  try {
    const { protocol, host: from } = new URL(origin);
    return host !== undefined && from === new URL(`${protocol}//${host}`).host;
  } catch {
    return false;
  }
}
