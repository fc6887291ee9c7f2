import { Micros, Role, ROLES, ScopedRole } from '../../core/index.js';
import { ONE_LINE } from '../commands/one-line.js';
import { AccountKind } from '../directory/directory.js';
import { loginName } from '../directory/login-name.js';
import { ProvisionedGrant, provisionedGrant } from '../scim/groups/decide.js';
import { OidcOptions } from './options.js';

export type Claims = Readonly<Record<string, unknown>>;

/** What the provider says of somebody, after it was verified that the provider says it. */
export interface Vouched {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
  /** When it says so. */
  readonly issuedAt: Micros;
}

const MAX_NAME = 256;

/** A claim by its name; else by the way to it through objects. Only what the provider wrote, never what objects inherit. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let at: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, name)) return undefined;
    at = (at as Claims)[name];
  }
  return at;
}

type Mapping = Pick<OidcOptions, 'roleClaim' | 'roleMap'>;

/** One text or a list of texts; anything else, a list with anything else in it included, gives no role. */
function givenBy(claims: Claims, { roleClaim, roleMap }: Mapping): readonly (Role | ScopedRole)[] {
  const claim = claimAt(claims, roleClaim);
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  if (!values.every((value) => typeof value === 'string')) return [];
  return values.flatMap((value) => roleMap.get(value) ?? []);
}

/** The roles that hold everywhere. */
export function rolesOf(claims: Claims, mapping: Mapping): Role[] {
  const given = new Set(givenBy(claims, mapping));
  return ROLES.filter((role) => given.has(role));
}

/** Those that hold for some names, each once. */
export function grantsOf(claims: Claims, mapping: Mapping): readonly ProvisionedGrant[] {
  const grants = givenBy(claims, mapping).flatMap((given) =>
    typeof given === 'string' ? [] : [provisionedGrant('oidc', given.role, given.scope)],
  );
  return [...new Map(grants.map((grant) => [grant.grantId, grant])).values()];
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= MAX_NAME && ONE_LINE.test(value) ? value : undefined;

/** Who is a program: its subject is the client itself (RFC 9068 §2.2), or the provider says so in its own way. */
export function kindOf({ sub, client_id, azp, gty, idtyp, preferred_username }: Claims): AccountKind {
  const client = text(client_id) ?? text(azp);
  const isService =
    (client !== undefined && (sub === client || preferred_username === `service-account-${client}`)) ||
    gty === 'client-credentials' ||
    idtyp === 'app';
  return isService ? 'service' : 'person';
}

/** The login as the provider names it; `undefined` for none that can be one here. */
export function loginOf(claims: Claims, loginClaim: string): string | undefined {
  const candidates = [claimAt(claims, loginClaim)];
  if (kindOf(claims) === 'service') candidates.push(claims['client_id'], claims['azp']);
  const named = candidates.map(text).find((name) => name !== undefined);
  if (named === undefined) return undefined;
  try {
    return loginName(named);
  } catch {
    return undefined;
  }
}

/** An address that the provider itself doubts is not taken over. */
export function profileOf({ name, email, email_verified }: Claims): { displayName?: string; email?: string } {
  const displayName = text(name)?.trim();
  const address = email_verified === false ? undefined : text(email);
  return {
    ...(displayName ? { displayName } : {}),
    ...(address?.includes('@') ? { email: address } : {}),
  };
}
