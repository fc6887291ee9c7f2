import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { JsonObject } from '../../core/index.js';

/** SHA-256 (hex) of the canonical JSON (RFC 8785): anybody can compute it again from what is shown. */
export function canonicalDigest(value: JsonObject): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('an object has a canonical form');
  return hash('sha256', text, 'hex');
}
