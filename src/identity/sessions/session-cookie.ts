import type { FastifyRequest } from 'fastify';
import { cookiesNamed } from './cookie-header.js';

const NAME = 'custody_session';
/** A browser takes it over https only, for this host alone, and no sibling host can set it. */
const HOST_NAME = `__Host-${NAME}`;

/** Whether the browser came by https, to us or to a trusted proxy before us: Fastify believes no other. */
const cameByHttps = ({ protocol }: FastifyRequest): boolean => protocol === 'https';

/** What the cookie holds; of several with its name nobody knows which is ours, so that is nobody's. */
export function cookieIn(request: FastifyRequest): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const name = cameByHttps(request) ? HOST_NAME : NAME;
  const values = cookiesNamed(cookie, name);
  return values.length > 1 ? '' : values[0];
}

/** Ends with the browser; how long it is good for, the server decides. */
export const cookieFor = (request: FastifyRequest, secret: string): string => header(request, secret, '');

export const noCookie = (request: FastifyRequest): string => header(request, '', '; Max-Age=0');

function header(request: FastifyRequest, value: string, more: string): string {
  const secure = cameByHttps(request);
  return `${secure ? HOST_NAME : NAME}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}${more}`;
}
