import { errors } from '../../core/index.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string;
}

/** Opaque to clients: where the next page begins. */
export const pageToken = (offset: number): string => Buffer.from(JSON.stringify({ offset })).toString('base64url');

export function offsetOf(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const text = Buffer.from(token, 'base64url').toString();
  const offset = Number(/^\{"offset":(\d{1,15})\}$/.exec(text)?.[1] ?? NaN);
  if (!Number.isSafeInteger(offset))
    throw errors.invalid('page-token-invalid', 'page_token must be one that a search answered', 'page_token');
  return offset;
}

/** Of rows that were asked for with one more than fits. */
export function pageOf<T>(rows: readonly T[], offset: number, size: number): Page<T> {
  if (rows.length <= size) return { items: rows };
  return { items: rows.slice(0, size), nextPageToken: pageToken(offset + size) };
}
