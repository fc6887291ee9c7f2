import { Role, ScopedRole } from '../../core/index.js';

/** Values of the role claim, and the roles that each of them gives, everywhere or for some names. */
export type RoleMap = ReadonlyMap<string, readonly (Role | ScopedRole)[]>;

/** The OpenID provider that this server trusts, and what it makes of what the provider says. */
export interface OidcOptions {
  readonly issuer: string;
  /** What `aud` of an access token must name. Without it no access token of the provider is accepted. */
  readonly audience?: string;
  /** Without it nobody signs in with the browser. */
  readonly client?: OidcClient;
  /** A claim by its name, or the way to it through objects: `realm_access.roles`. */
  readonly roleClaim: string;
  readonly roleMap: RoleMap;
  readonly loginClaim: string;
  /** By which claim the directory's accounts are found at a first sign-in: it equals their `externalId`. Absent: by none. */
  readonly linkBy?: { readonly claim: string } | undefined;
  /** Whether somebody whom the provider knows and we don't gets an account at their first sign-in. */
  readonly createAccounts: boolean;
  /** How the lab identified those whom the provider knows; without it an account made at sign-in is pending. */
  readonly identityVerified?: string;
}

export interface OidcClient {
  readonly id: string;
  /** Absent for a public client. */
  readonly secret?: string;
  readonly scopes: string;
  /** Where the provider sends the browser back to: our callback, as the world outside sees it. */
  readonly redirectUri: string;
}

/** Injected; `undefined` where no provider is set up. */
export const OIDC_OPTIONS = Symbol('oidc-options');
