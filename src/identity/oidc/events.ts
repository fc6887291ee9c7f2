import { Map } from 'immutable';
import { DomainEvent, Micros, never, Sealed, UserId } from '../../core/index.js';

export const IDENTITY_DIRECTORY = 'directory-identities';

/**
 * A subject of the provider acts as this account. `digest` is keyed and names issuer and subject without
 * telling them; `identity` is both, sealed under the account's key.
 */
export type IdentityLinked = DomainEvent<
  'IdentityLinked',
  {
    readonly digest: string;
    readonly userId: UserId;
    readonly identity: Sealed;
    /** Whether the account's roles follow the provider's claims, rather than what administrators give it. */
    readonly rolesFollow: boolean;
    /** When the claims were made that the account's first roles come from. */
    readonly claimsOf?: Micros;
  }
>;

export type IdentityUnlinked = DomainEvent<'IdentityUnlinked', { readonly digest: string; readonly userId: UserId }>;

/** Claims made at this time change the account's roles; older ones, in a token that is still good, do no more. */
export type IdentityClaimsFollowed = DomainEvent<
  'IdentityClaimsFollowed',
  { readonly digest: string; readonly userId: UserId; readonly claimsOf: Micros }
>;

export type IdentityEvent = IdentityLinked | IdentityUnlinked | IdentityClaimsFollowed;

export interface Link {
  readonly status: 'linked' | 'unlinked';
  readonly userId: UserId;
  readonly identity: Sealed;
  readonly rolesFollow: boolean;
  readonly claimsOf?: Micros;
}

/** The authority on which account a subject acts as, by digest. */
export type Links = Map<string, Link>;

export const noLinks: Links = Map();

export function evolve(links: Links, event: IdentityEvent): Links {
  const { digest } = event.data;
  switch (event.type) {
    case 'IdentityLinked': {
      const { digest: _, ...link } = event.data;
      return links.set(digest, { status: 'linked', ...link });
    }
    case 'IdentityUnlinked':
      return change(links, digest, { status: 'unlinked' });
    case 'IdentityClaimsFollowed':
      return change(links, digest, { claimsOf: event.data.claimsOf });
    default:
      return never(event);
  }
}

function change(links: Links, digest: string, what: Partial<Link>): Links {
  const known = links.get(digest);
  return known ? links.set(digest, { ...known, ...what }) : links;
}
