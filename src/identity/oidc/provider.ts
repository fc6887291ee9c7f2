import { Logger } from '@nestjs/common';
import { createRemoteJWKSet, customFetch as keysFetch } from 'jose';
import type { FetchImplementation, JWTVerifyGetKey, RemoteJWKSet } from 'jose';
import * as client from 'openid-client';
import { OidcOptions } from './options.js';

/** The provider, or a part of it, does not answer as it should. Trying again later may help. */
export class ProviderAway extends Error {
  override readonly name = 'ProviderAway';
}

export interface ProviderTimes {
  /** After a failure nobody is asked again for so long: a provider in trouble gets no storm on top. */
  readonly pauseMs: number;
  /** A key that is not among those we have is looked for at most so often. */
  readonly newKeyMs: number;
  /** How long keys are used without asking whether they still count. */
  readonly keysMs: number;
  readonly discoveryMs: number;
}

const TIMES: ProviderTimes = { pauseMs: 5_000, newKeyMs: 30_000, keysMs: 600_000, discoveryMs: 3_600_000 };
const TIMEOUT_MS = 5_000;
/** So much may two clocks differ. */
export const SKEW_SECONDS = 60;

/**
 * The provider as it describes itself: asked for when it is first needed, so a server starts without it, and
 * again when the answer has become old. What was known before serves on while the provider is away; its keys
 * don't, since one that was withdrawn must stop to count.
 */
export class OidcProvider {
  private readonly logger = new Logger(OidcProvider.name);
  private readonly times: ProviderTimes;
  private known: { readonly configuration: client.Configuration; readonly at: number } | undefined;
  private asking: Promise<client.Configuration> | undefined;
  private failed: { readonly why: ProviderAway; readonly at: number } | undefined;
  private keySet: { readonly url: string; readonly keys: RemoteJWKSet } | undefined;
  private keysFailed: { readonly why: ProviderAway; readonly at: number } | undefined;

  constructor(
    private readonly options: OidcOptions,
    times: Partial<ProviderTimes> = {},
  ) {
    this.times = { ...TIMES, ...times };
  }

  /** @throws ProviderAway */
  async configuration(): Promise<client.Configuration> {
    const { known, failed, times } = this;
    if (known && since(known.at) < times.discoveryMs) return known.configuration;
    if (failed && since(failed.at) < times.pauseMs) {
      if (known) return known.configuration;
      throw failed.why;
    }
    this.asking ??= this.discover().finally(() => (this.asking = undefined));
    try {
      return await this.asking;
    } catch (error) {
      if (this.known) return this.known.configuration;
      throw error;
    }
  }

  /** Finds the key that a token says it is signed with. @throws ProviderAway, or jose's own errors */
  readonly key: JWTVerifyGetKey = async (header, token) => (await this.keys())(header, token);

  private async discover(): Promise<client.Configuration> {
    const { issuer, client: us } = this.options;
    const insecure = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
    try {
      const configuration = await client.discovery(
        new URL(issuer),
        us?.id ?? 'custody',
        { [client.clockTolerance]: SKEW_SECONDS },
        authentication(us?.secret),
        { timeout: TIMEOUT_MS / 1000, execute: [...insecure, client.enableNonRepudiationChecks] },
      );
      this.known = { configuration, at: performance.now() };
      this.failed = undefined;
      return configuration;
    } catch (cause) {
      this.failed = this.failure(`the OpenID provider ${issuer} can’t be discovered`, cause);
      throw this.failed.why;
    }
  }

  private async keys(): Promise<RemoteJWKSet> {
    const { jwks_uri: url } = (await this.configuration()).serverMetadata();
    if (url === undefined || (this.options.issuer.startsWith('https:') && !url.startsWith('https:')))
      throw new ProviderAway('the OpenID provider names no place for its keys, or one that anybody could change');
    if (this.keySet?.url === url) return this.keySet.keys;
    const keys = createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: this.times.newKeyMs,
      cacheMaxAge: this.times.keysMs,
      [keysFetch]: this.fetchKeys,
    });
    this.keySet = { url, keys };
    return keys;
  }

  private readonly fetchKeys: FetchImplementation = async (url, init) => {
    const { keysFailed, times } = this;
    if (keysFailed && since(keysFailed.at) < times.pauseMs) throw keysFailed.why;
    try {
      const response = await fetch(url, init);
      if (response.status !== 200) throw new Error(`answered ${response.status}`);
      const text = await response.text();
      const { keys } = JSON.parse(text) as { keys?: unknown };
      if (!Array.isArray(keys)) throw new Error('answered no keys');
      this.keysFailed = undefined;
      return new Response(text);
    } catch (cause) {
      this.keysFailed = this.failure('the keys of the OpenID provider can’t be had', cause);
      throw this.keysFailed.why;
    }
  };

  /** Once for each try, and so at most once a pause: whoever runs the server must see what is wrong with it. */
  private failure(message: string, cause: unknown) {
    this.logger.warn({ alert: 'oidc-provider-away', err: cause }, message);
    return { why: new ProviderAway(message, { cause }), at: performance.now() };
  }
}

const since = (at: number): number => performance.now() - at;

/** A secret goes where the provider wants it; where it says nothing, that is the header (OpenID Connect Core §9). */
function authentication(secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None();
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (ways.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}
