import { createServer, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, JWTPayload, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import Provider, { Configuration, JWK } from 'oidc-provider';

export const AUDIENCE = 'urn:lab:custody';
export const WEB = { id: 'custody-web', secret: 'the secret of custody at the provider' };
/** A program with its own access, which may belong to groups too. */
export const PIPELINE = { id: 'nightly-pipeline', secret: 'the secret of the nightly pipeline' };

export interface SigningKey {
  readonly kid: string;
  readonly private: CryptoKey;
  readonly jwk: JWK;
}

export async function signingKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(pair.privateKey)), kid, alg, use: 'sig' } as JWK;
  return { kid, private: pair.privateKey, jwk };
}

/** What the provider knows of everybody, people and programs, by subject; changed as the test goes on. */
export type Directory = Map<string, Readonly<Record<string, unknown>>>;

/**
 * A real provider (`oidc-provider`) on a port of this machine. It signs people in whatever their password is, and
 * gives out access tokens as JWTs for the audience. Its keys are known here, so a test can sign as the provider does.
 */
export class LabProvider {
  readonly directory: Directory = new Map();
  /** Paths that were asked for since the start. */
  readonly asked: string[] = [];
  /** Where it says who somebody is, once it serves anew: in the ID token, at its userinfo endpoint, or in an access token for the audience. */
  says: 'in-id-token' | 'at-userinfo' | 'in-access-token' = 'in-id-token';
  private handler: RequestListener = (_, response) => void response.writeHead(503).end();

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    readonly redirectUri: string,
    public keys: readonly SigningKey[],
  ) {}

  static async start({ redirectUri = 'http://127.0.0.1:1/api/v1/oidc/callback' } = {}): Promise<LabProvider> {
    const key = await signingKey('first');
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const provider = new LabProvider(server, `http://127.0.0.1:${port}`, redirectUri, [key]);
    server.on('request', (request, response) => {
      provider.asked.push(request.url!.split('?', 1)[0]!);
      provider.handler(request, response);
    });
    provider.serve();
    return provider;
  }

  /** Anew with these keys; the first one signs. */
  rotate(keys: readonly SigningKey[]): void {
    this.keys = keys;
    this.serve();
  }

  /** As if it were down: every request is refused. */
  away(): void {
    this.handler = (_, response) => void response.writeHead(503).end();
  }

  serve(): void {
    const provider = quietly(() => new Provider(this.issuer, this.configuration()));
    provider.on('server_error', (_, error) => process.stderr.write(`oidc-provider: ${error.stack}\n`));
    const answer = provider.callback();
    this.handler = (request, response) => void answer(request, response);
  }

  /** By client credentials, as a program gets it. */
  async clientCredentials({ id, secret } = PIPELINE, audience = AUDIENCE): Promise<string> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
    });
    const { access_token } = (await response.json()) as { access_token?: string };
    if (access_token === undefined) throw new Error(`no token: ${response.status}`);
    return access_token;
  }

  /** A token that the provider might have made, but for what the test changes. */
  async sign(
    claims: JWTPayload,
    { key = this.keys[0]!, alg = 'RS256', typ = 'at+jwt', now = Date.now() / 1000 } = {},
  ): Promise<string> {
    const at = Math.floor(now);
    const all = { iss: this.issuer, aud: AUDIENCE, iat: at, exp: at + 600, jti: 'j', client_id: 'notebook', ...claims };
    return new SignJWT(all)
      .setProtectedHeader({ alg, kid: key.kid, ...(typ === undefined ? {} : { typ }) })
      .sign(key.private);
  }

  /** With a shared secret, which is the provider's public key: what a verifier that trusts `alg` falls for. */
  async signWithPublicKey(claims: JWTPayload): Promise<string> {
    const { n, e, kty, kid } = this.keys[0]!.jwk;
    const pem = createPublicKey({ key: { kty, n, e }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const at = Math.floor(Date.now() / 1000);
    return new SignJWT({ iss: this.issuer, aud: AUDIENCE, iat: at, exp: at + 600, ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
      .sign(Buffer.from(pem));
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }

  private configuration(): Configuration {
    return {
      clients: this.clients(),
      jwks: { keys: this.keys.map(({ jwk }) => jwk) },
      ttl: {
        ClientCredentials: 600,
        AccessToken: 600,
        IdToken: 600,
        AuthorizationCode: 60,
        Interaction: 600,
        Session: 600,
        Grant: 600,
      },
      cookies: { keys: ['a key for the cookies of the provider'] },
      claims: {
        openid: ['sub'],
        profile: ['name', 'preferred_username', 'groups'],
        email: ['email', 'email_verified'],
      },
      conformIdTokenClaims: this.says !== 'in-id-token',
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...this.directory.get(sub), sub }) }),
      extraTokenClaims: (_, token) => {
        const sub = 'accountId' in token ? token.accountId : token.clientId;
        return { ...this.directory.get(sub ?? '') };
      },
      features: {
        devInteractions: { enabled: true },
        clientCredentials: { enabled: true },
        rpInitiatedLogout: { enabled: true },
        resourceIndicators: {
          enabled: true,
          ...(this.says === 'in-access-token'
            ? { defaultResource: () => AUDIENCE, useGrantedResource: () => true }
            : {}),
          getResourceServerInfo: (_, audience) => ({
            scope: 'api',
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: 600,
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    };
  }

  private clients(): Configuration['clients'] {
    return [
      {
        client_id: WEB.id,
        client_secret: WEB.secret,
        redirect_uris: [this.redirectUri],
        post_logout_redirect_uris: [new URL('/', this.redirectUri).href],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
      {
        client_id: PIPELINE.id,
        client_secret: PIPELINE.secret,
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      },
    ];
  }
}

/** It warns that its interactions are for development, which is what they are used for here. */
function quietly<T>(make: () => T): T {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try {
    return make();
  } finally {
    Object.assign(console, { info, warn });
  }
}
