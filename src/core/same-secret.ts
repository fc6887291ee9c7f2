import { timingSafeEqual } from 'node:crypto';

/** Takes as long wherever they differ; only their lengths may show. What is no text, as a repeated header, is no secret. */
export function sameSecret(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
