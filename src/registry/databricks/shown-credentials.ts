import type { FastifyRequest } from 'fastify';
import { SigningCredentials } from '../../approvals/index.js';
import { CommandContext } from '../../core/index.js';

/**
 * What somebody shows again to sign, where the client can send nothing but its usual credentials: the password of
 * this very request, which the signer checks from the beginning. A token or a session is nobody's signature.
 */
export function shownCredentials(
  { headers: { authorization = '' } }: Pick<FastifyRequest, 'headers'>,
  { actor }: Pick<CommandContext, 'actor'>,
  code: string | undefined,
): SigningCredentials | undefined {
  const [, base64] = /^basic +(\S+) *$/i.exec(authorization) ?? [];
  if (actor.via !== 'password' || base64 === undefined) return undefined;
  const text = Buffer.from(base64, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { password: text.slice(colon + 1), ...(code === undefined ? {} : { code }) };
}
