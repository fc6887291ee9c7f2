import { createHash } from 'node:crypto';
import { errors, Micros, Outcome } from '../../core/index.js';

export interface AuditFilters {
  /** Login or id: what this person did, and what services did for them. */
  readonly analyst?: string;
  /** Inclusive and exclusive. */
  readonly from?: Micros;
  readonly to?: Micros;
  readonly actions?: readonly string[];
  /** `kind:id` or `kind:name`, with everything that belongs to it. */
  readonly resource?: string;
  readonly outcome?: Outcome;
  readonly order: 'asc' | 'desc';
}

/** Where a walk through the trail stands. Events after `completeTo` are not part of it, however long it takes. */
export interface Place {
  readonly after: number;
  readonly completeTo: number;
}

/**
 * A page token belongs to its filters, and to the person they meant: with others it would skip or repeat
 * events without a word.
 */
export function tokenFor({ after, completeTo }: Place, filters: AuditFilters, person: string | undefined): string {
  return Buffer.from(`${after}.${completeTo}.${fingerprint(filters, person)}`).toString('base64url');
}

export function placeOf(token: string, filters: AuditFilters, person: string | undefined): Place {
  const match = /^(\d{1,15})\.(\d{1,15})\.([\w-]{22})$/.exec(Buffer.from(token, 'base64url').toString());
  if (!match) {
    throw errors.invalid(
      'invalid-page-token',
      'page_token must be the next_page_token of the page before, unchanged',
      'page_token',
    );
  }
  const [, after, completeTo, of] = match;
  if (of !== fingerprint(filters, person)) {
    throw errors.invalid(
      'page-token-of-other-filters',
      'page_token belongs to other filters; repeat those of the first page, or begin anew without it',
      'page_token',
    );
  }
  return { after: Number(after), completeTo: Number(completeTo) };
}

function fingerprint(filters: AuditFilters, person: string | undefined): string {
  const { analyst, from, to, actions = [], resource, outcome, order } = filters;
  const parts = [analyst, person, from, to, [...new Set(actions)].sort(), resource, outcome, order];
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('base64url')
    .slice(0, 22);
}
