import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { JsonObject } from '../core/index.js';
import { Dossier } from './port.js';

/** SHA-256, in hex, of the canonical JSON (RFC 8785): the same content has the same digest, whatever the order of its fields. */
export function digestOf(content: JsonObject): string {
  return createHash('sha256').update(canonicalize(content)!, 'utf8').digest('hex');
}

export const dossierOf = (content: JsonObject): Dossier => ({ content, digest: digestOf(content) });
