import { decodeJwt, decodeProtectedHeader, errors, JWTPayload, jwtVerify } from 'jose';
import { Micros } from '../../core/index.js';
import { Vouched } from './claims.js';
import { OidcFailure } from './failure.js';
import { OidcOptions } from './options.js';
import { OidcProvider, ProviderAway, SKEW_SECONDS } from './provider.js';

/** Signatures that only the provider can make: with a shared secret, or the public key as one, anybody could. */
export const ALGORITHMS: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const MAX_SUBJECT = 255;

/** What a header may say a token is; without it, its claims tell. */
const TYPES = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);
/** Marks of ID tokens and logout tokens (OpenID Connect Core §2, Back-Channel Logout §2.4), which say who signed in and permit nothing. */
const OF_OTHER_TOKENS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
/** Keycloak's own mark. */
const OTHER_TYPES: readonly unknown[] = ['ID', 'Refresh', 'Offline', 'Logout'];

export type Verified =
  | { readonly ok: true; readonly vouched: Vouched; readonly expiresAt: Micros }
  | { readonly ok: false; readonly why: OidcFailure };

const failed = (why: OidcFailure): Verified => ({ ok: false, why });

/** Whether an access token (RFC 9068) is the provider's, for us, and good now. */
export async function verifyAccessToken(
  token: string,
  { issuer, audience }: Pick<OidcOptions, 'issuer' | 'audience'>,
  provider: OidcProvider,
  now: Micros,
): Promise<Verified> {
  const odd = objectionTo(token, issuer);
  if (odd) return failed(odd);
  try {
    const { payload } = await jwtVerify(token, provider.key, {
      algorithms: [...ALGORITHMS],
      issuer,
      audience: audience!,
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(now / 1000),
      requiredClaims: ['exp', 'iat', 'sub'],
    });
    return vouchedBy(payload, issuer, now);
  } catch (error) {
    return failed(reasonOf(error));
  }
}

/** What needs no key to see. A token of another provider must not make us ask ours for its key. */
function objectionTo(token: string, issuer: string): OidcFailure | undefined {
  let header: { alg?: string; typ?: string; crit?: unknown };
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(token);
    claims = decodeJwt(token);
  } catch {
    return 'jwt-malformed';
  }
  if (typeof header.alg !== 'string' || !ALGORITHMS.includes(header.alg)) return 'jwt-algorithm';
  if (claims.iss !== issuer) return 'jwt-issuer';
  const { typ } = header;
  if (typ !== undefined && (typeof typ !== 'string' || !TYPES.has(typ.toLowerCase()))) return 'jwt-type';
  if (OF_OTHER_TOKENS.some((mark) => Object.hasOwn(claims, mark)) || OTHER_TYPES.includes(claims['typ']))
    return 'jwt-type';
  return undefined;
}

function vouchedBy(claims: JWTPayload, issuer: string, now: Micros): Verified {
  const { sub: subject, iat, exp } = claims;
  if (typeof subject !== 'string' || subject === '' || subject.length > MAX_SUBJECT || !subject.isWellFormed())
    return failed('jwt-claims');
  if (!Number.isFinite(iat) || !Number.isFinite(exp)) return failed('jwt-claims');
  const issuedAt = micros(iat!);
  if (issuedAt > now + SKEW_SECONDS * 1e6) return failed('jwt-not-yet-valid');
  return { ok: true, vouched: { issuer, subject, claims, issuedAt }, expiresAt: micros(exp! + SKEW_SECONDS) };
}

const micros = (seconds: number): Micros => Math.min(Math.floor(seconds * 1e6), Number.MAX_SAFE_INTEGER) as Micros;

function reasonOf(error: unknown): OidcFailure {
  if (error instanceof ProviderAway) return 'provider-away';
  if (error instanceof errors.JWTExpired) return 'jwt-expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'jwt-issuer';
    if (error.claim === 'aud') return 'jwt-audience';
    return error.claim === 'nbf' && error.reason === 'check_failed' ? 'jwt-not-yet-valid' : 'jwt-claims';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'jwt-signature';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'jwt-unknown-key';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'jwt-algorithm';
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return 'provider-away';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'jwt-malformed';
  if (error instanceof errors.JOSEError) return 'jwt-signature';
  // A key of the provider's that is too short for the algorithm, or can't be read.
  if (error instanceof TypeError || error instanceof DOMException) return 'jwt-unknown-key';
  throw error;
}
