import * as client from 'openid-client';
import { Micros } from '../../../core/index.js';
import { claimAt, Claims, Vouched } from '../claims.js';
import { OidcFailure } from '../failure.js';
import { OidcClient, OidcOptions } from '../options.js';
import { OidcProvider, ProviderAway } from '../provider.js';
import { Begun } from './login-cookie.js';

export type Exchanged =
  { readonly ok: true; readonly vouched: Vouched } | { readonly ok: false; readonly why: OidcFailure };

/** Where to send a browser that signs in. @throws ProviderAway */
export async function authorizationUrl(
  provider: OidcProvider,
  { redirectUri, scopes }: OidcClient,
  { state, nonce, verifier }: Begun,
): Promise<URL> {
  return client.buildAuthorizationUrl(await provider.configuration(), {
    redirect_uri: redirectUri,
    scope: scopes,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
}

/** What the provider says of whoever came back with this query: its code, exchanged for an ID token that was verified. */
export async function exchange(
  provider: OidcProvider,
  options: OidcOptions & { readonly client: OidcClient },
  { state, nonce, verifier }: Begun,
  query: string,
): Promise<Exchanged> {
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
    });
    const claims = tokens.claims()!;
    const more = await moreClaims(configuration, options, claims, tokens.access_token);
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

/** Many providers put groups and names where only their userinfo endpoint tells them. */
async function moreClaims(
  configuration: client.Configuration,
  { roleClaim, loginClaim }: OidcOptions,
  claims: client.IDToken,
  accessToken: string,
): Promise<Claims> {
  const complete = [roleClaim, loginClaim].every((name) => claimAt(claims, name) !== undefined);
  if (complete || configuration.serverMetadata().userinfo_endpoint === undefined) return {};
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
