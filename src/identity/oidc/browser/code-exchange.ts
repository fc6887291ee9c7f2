import * as client from 'openid-client';
import { Micros } from '../../../core/index.js';
import { verifyAccessToken } from '../access-tokens.js';
import { claimAt, Claims, Vouched } from '../claims.js';
import { OidcFailure } from '../failure.js';
import { OidcClient, OidcOptions } from '../options.js';
import { OidcProvider, ProviderAway } from '../provider.js';
import { Begun } from './login-cookie.js';

export type Exchanged =
  { readonly ok: true; readonly vouched: Vouched } | { readonly ok: false; readonly why: OidcFailure };

export interface Party {
  readonly provider: OidcProvider;
  readonly options: OidcOptions & { readonly client: OidcClient };
  readonly now: Micros;
}

/** Where to send a browser that signs in. @throws ProviderAway */
export async function authorizationUrl(
  provider: OidcProvider,
  { redirectUri, scopes }: OidcClient,
  { state, nonce, verifier, signing }: Begun,
): Promise<URL> {
  return client.buildAuthorizationUrl(await provider.configuration(), {
    redirect_uri: redirectUri,
    scope: scopes,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    // Whoever signs shows the provider anew who they are, whether it knows this browser or not.
    ...(signing && { prompt: 'login', max_age: '0' }),
  });
}

/** What the provider says of whoever came back with this query: its code, exchanged for an ID token that was verified. */
export async function exchange(
  party: Party,
  { state, nonce, verifier, signing }: Begun,
  query: string,
): Promise<Exchanged> {
  const { provider, options } = party;
  // As the provider knows us, whatever address the request itself came to.
  const back = new URL(options.client.redirectUri);
  back.search = query;
  try {
    const configuration = await provider.configuration();
    const tokens = await client.authorizationCodeGrant(configuration, back, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
      // That they did, the ID token has to say (`auth_time`): what the browser asked for on its way, anybody could change.
      ...(signing && { maxAge: 0 }),
    });
    const claims = tokens.claims()!;
    const more = await moreClaims(party, configuration, claims, tokens.access_token);
    const vouched = {
      issuer: options.issuer,
      subject: claims.sub,
      claims: { ...more, ...claims },
      issuedAt: (claims.iat * 1e6) as Micros,
    };
    return { ok: true, vouched };
  } catch (error) {
    return { ok: false, why: reasonOf(error) };
  }
}

/**
 * Providers differ in where they say groups and names: in the access token, when that is one for us, or else at
 * their userinfo endpoint.
 */
async function moreClaims(
  { provider, options, now }: Party,
  configuration: client.Configuration,
  claims: client.IDToken,
  accessToken: string,
): Promise<Claims> {
  const { roleClaim, loginClaim, audience } = options;
  if ([roleClaim, loginClaim].every((name) => claimAt(claims, name) !== undefined)) return {};
  if (audience !== undefined) {
    const verified = await verifyAccessToken(accessToken, options, provider, now);
    if (verified.ok && verified.vouched.subject === claims.sub) return verified.vouched.claims;
  }
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  return client.fetchUserInfo(configuration, accessToken, claims.sub);
}

function reasonOf(error: unknown): OidcFailure {
  if (error instanceof client.AuthorizationResponseError) return 'oidc-refused';
  if (error instanceof client.ResponseBodyError) return error.status >= 500 ? 'provider-away' : 'oidc-code';
  if (error instanceof client.WWWAuthenticateChallengeError) return 'oidc-code';
  if (error instanceof client.ClientError) return OF_PROVIDER.has(error.code ?? '') ? 'provider-away' : 'oidc-answer';
  if (error instanceof ProviderAway || error instanceof TypeError) return 'provider-away';
  throw error;
}

/** It, or something before it, does not work; what comes in its name is judged by the other codes. */
const OF_PROVIDER = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_PARSE_ERROR',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);
