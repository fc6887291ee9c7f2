import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import * as client from 'openid-client';
import { Actor, errors, Micros, sameSecret } from '../../../core/index.js';
import type { Clock } from '../../../core/index.js';
import { CustodyRequest } from '../../../http/index.js';
import { AccessGuard } from '../../access/access.guard.js';
import { Unidentified } from '../../access/identification.js';
import { RequestContexts } from '../../access/request-context.js';
import { IDENTITY_CLOCK } from '../../clock.js';
import { Keystore } from '../../keystore/index.js';
import { Sessions } from '../../sessions/sessions.js';
import { Accounts } from '../../user/accounts.js';
import { rightsAt } from '../../user/rights.js';
import { claimAt } from '../claims.js';
import { OidcClient, OIDC_OPTIONS } from '../options.js';
import type { OidcOptions } from '../options.js';
import { Admission, ProviderAccounts } from '../provider-accounts.js';
import { OidcProvider, ProviderAway } from '../provider.js';
import { authorizationUrl, exchange } from './code-exchange.js';
import { StepUp } from '../../signing/oidc/step-up.js';
import { Begun, BegunSigning, LOGIN_SECONDS, LoginCookie } from './login-cookie.js';

interface Setup {
  readonly options: OidcOptions & { readonly client: OidcClient };
  readonly provider: OidcProvider;
  readonly cookie: LoginCookie;
}

const FINISHED = 50_000;

/** Signing in with the browser: authorization code with PKCE (OpenID Connect Core §3.1, RFC 9700), then a session. */
@Injectable()
export class BrowserSignIn {
  private readonly setup: Setup | undefined;
  /** A sign-in ends once, whatever became of it; on other servers the provider refuses the code a second time. */
  private readonly finished = new LRUCache<string, true>({ max: FINISHED, ttl: LOGIN_SECONDS * 1000 });

  constructor(
    private readonly admissions: ProviderAccounts,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly guard: AccessGuard,
    private readonly contexts: RequestContexts,
    private readonly stepUp: StepUp,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
    keystore: Keystore,
    @Optional() @Inject(OIDC_OPTIONS) options?: OidcOptions,
    @Optional() provider?: OidcProvider,
  ) {
    if (!options?.client || !provider) return;
    const cookie = new LoginCookie(keystore, options.client.redirectUri);
    this.setup = { options: { ...options, client: options.client }, provider, cookie };
  }

  /** Answers where the browser goes, and leaves in it what the way back is checked against. */
  async begin(returnTo: string, reply: FastifyReply, signing?: BegunSigning): Promise<string> {
    const { options, provider, cookie } = this.required();
    const begun: Begun = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      returnTo,
      until: (this.clock.now() + LOGIN_SECONDS * 1e6) as Micros,
      ...(signing && { signing }),
    };
    const url = await authorizationUrl(provider, options.client, begun).catch((error: unknown) => {
      throw error instanceof ProviderAway ? away() : error;
    });
    void reply.header('set-cookie', cookie.set(begun));
    return url.href;
  }

  /** Starts a session for whoever came back, or gives them a ticket where they came to sign; answers where they wanted to go. Anything odd is recorded, and refused. */
  async finish(request: CustodyRequest, reply: FastifyReply): Promise<string> {
    const { options, provider, cookie } = this.required();
    const begun = cookie.read(request.headers.cookie, this.clock.now());
    void reply.header('set-cookie', cookie.clear());
    if (!begun) return this.refuse(request, 'oidc-not-begun');
    const query = new URL(request.url, 'http://here.invalid').search;
    if (!sameSecret(new URLSearchParams(query).get('state'), begun.state)) return this.refuse(request, 'oidc-state');
    if (this.finished.has(begun.state)) return this.refuse(request, 'oidc-replayed');
    this.finished.set(begun.state, true);
    const exchanged = await exchange({ provider, options, now: this.clock.now() }, begun, query);
    if (begun.signing) return this.stepUp.finish(begun, begun.signing, exchanged, request);
    if (!exchanged.ok) return this.refuse(request, exchanged.why);
    const { vouched } = exchanged;
    const admission = await this.admissions.admit(vouched, options, request.id);
    if (!admission.ok) {
      const claimed = claimAt(vouched.claims, options.loginClaim);
      return this.refuse(request, admission.why, admission, typeof claimed === 'string' ? claimed : vouched.subject);
    }
    await this.startSession(admission, request, reply);
    return begun.returnTo;
  }

  /** Where the browser signs out of the provider too; `undefined` where that is not offered, or it is away. */
  async logoutUrl(): Promise<string | undefined> {
    if (!this.setup) return undefined;
    const { provider, options } = this.setup;
    try {
      const configuration = await provider.configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      const home = new URL('/', options.client.redirectUri).href;
      return client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: home }).href;
    } catch (error) {
      if (error instanceof ProviderAway) return undefined;
      throw error;
    }
  }

  private async startSession(
    { userId }: Extract<Admission, { ok: true }>,
    request: CustodyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent' || user.status === 'disabled') return this.refuse(request, 'disabled', { userId });
    const { roles } = rightsAt(user, this.clock.now());
    const actor: Actor = { id: userId, kind: user.kind, roles, via: 'oidc' };
    const context = this.contexts.of(request, actor);
    request.custody = context;
    await this.guard.signedIn(context, { via: 'oidc' }, request);
    await this.sessions.start(userId, 'oidc', context, reply);
  }

  private refuse(
    request: CustodyRequest,
    why: Unidentified['why'],
    { userId }: Pick<Unidentified, 'userId'> = {},
    claimedLogin?: string,
  ): Promise<never> {
    return this.guard.refuseUnknown(request, {
      known: false,
      method: 'oidc',
      why,
      ...(userId === undefined ? {} : { userId }),
      ...(claimedLogin === undefined ? {} : { claimedLogin }),
    });
  }

  private required(): Setup {
    if (this.setup) return this.setup;
    throw errors.notFound('oidc-off', 'nobody signs in here through an OpenID provider (CUSTODY_OIDC_CLIENT_ID)');
  }
}

const away = () =>
  errors.unavailable('provider-unavailable', 'the OpenID provider does not answer now; try again in a moment');
