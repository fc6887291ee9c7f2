import { hash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Actor, UserId } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import type { Settled } from '../../ledger/index.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { CredentialStore } from '../credentials/credential-store.js';
import { PASSWORD_POLICY } from '../credentials/password-policy.js';
import type { PasswordPolicy } from '../credentials/password-policy.js';
import { tokenDigest } from '../credentials/token-secret.js';
import { BearerGrant, BearerTokens } from '../oidc/bearer-tokens.js';
import { CODE_HEADER, CodeCheck, CodeFailure } from '../second-factor/code-check.js';
import { SECOND_FACTOR_POLICY } from '../second-factor/second-factor-policy.js';
import type { SecondFactorPolicy } from '../second-factor/second-factor-policy.js';
import { SessionIdentification } from '../sessions/session-identification.js';
import { NamedRoles as NamedRolesState } from '../named-roles/events.js';
import { rightsWith } from '../named-roles/levels.js';
import { NamedRoles } from '../named-roles/named-roles.js';
import { Accounts, Loaded } from '../user/accounts.js';
import { isLocked } from '../user/decide.js';
import { Account, Token } from '../user/events.js';
import { Rights, rightsAt } from '../user/rights.js';
import { claim, Presented, presented } from './authorization-header.js';
import { SignInFailure, SignInMethod } from './events.js';
import { Identification, Identified, Unidentified } from './identification.js';
import { PasswordSignIn } from './password-sign-in.js';
import { RequestContexts } from './request-context.js';
import { agesAt, changeFirst, enrolFirst } from './standing.js';

/** Credentials that were checked, and what they were checked against. */
interface Grant {
  readonly userId: UserId;
  readonly method: SignInMethod;
  readonly signIn:
    | { readonly via: 'password'; readonly verifierId: string }
    | { readonly via: 'token'; readonly tokenId: string; readonly secretId: string }
    | ({ readonly via: 'oidc' } & Pick<BearerGrant, 'digest' | 'expiresAt'>);
  /** The answer at a revision of the account, made once for all requests that find it there. */
  admitted?: {
    readonly revision: number;
    readonly roleRevision: number;
    readonly answer: Identified;
    readonly expiresAt: number;
  };
}

const GRANTS = 10_000;
const GRANT_MS = 5 * 60_000;

/**
 * Tokens and passwords of accounts. Checking a password takes tens of milliseconds by design, so that a
 * header once checked is remembered for five minutes, by a keyed digest. What is remembered is only that
 * the secret was right: whether it still counts (not revoked, replaced, expired, disabled) is looked up in
 * the log for every request, so a change in any process holds at once.
 */
@Injectable()
export class AccountIdentification extends Identification {
  /** Never leaves this process, and each process has its own: what is remembered can't be looked up in a table. */
  private readonly digestKey = randomBytes(32).toString('base64');
  private readonly grants = new LRUCache<string, Grant>({ max: GRANTS, ttl: GRANT_MS });
  private readonly checking = new Map<string, Promise<Grant | Unidentified>>();

  constructor(
    private readonly accounts: Accounts,
    private readonly namedRoles: NamedRoles,
    private readonly credentials: CredentialStore,
    private readonly passwords: PasswordSignIn,
    private readonly bearerTokens: BearerTokens,
    private readonly sessions: SessionIdentification,
    private readonly codes: CodeCheck,
    private readonly contexts: RequestContexts,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
    @Inject(PASSWORD_POLICY) private readonly policy: PasswordPolicy,
    @Inject(SECOND_FACTOR_POLICY) private readonly factorPolicy: SecondFactorPolicy,
  ) {
    super();
  }

  async identify(request: CustodyRequest): Promise<Identified | Unidentified> {
    const header = request.headers.authorization;
    // What a client sends on purpose comes before what its browser adds by itself.
    if (!header)
      return (await this.sessions.identify(request)) ?? { known: false, method: 'none', why: 'no-credentials' };
    const digest = hash('sha256', this.digestKey + header, 'base64');
    const remembered = this.grants.get(digest);
    if (remembered) {
      const answer = await this.admit(remembered, request);
      if (answer.known || isAboutCode(answer)) return answer;
      this.grants.delete(digest);
    }
    const grant = await this.checkOnce(digest, header, request);
    if ('known' in grant) return grant;
    return this.admit(grant, request);
  }

  /** A client that opens many connections at once costs one check. */
  private checkOnce(digest: string, header: string, request: CustodyRequest): Promise<Grant | Unidentified> {
    const running = this.checking.get(digest);
    // Counted and told once, by whoever came first.
    if (running) return running.then((found) => ('known' in found ? { ...found, guesses: undefined } : found));
    const check = this.check(header, request)
      .then((grant) => {
        if (!('known' in grant)) this.grants.set(digest, grant);
        return grant;
      })
      .finally(() => this.checking.delete(digest));
    this.checking.set(digest, check);
    return check;
  }

  private async check(header: string, request: CustodyRequest): Promise<Grant | Unidentified> {
    const given = presented(header);
    switch (given.kind) {
      case 'malformed':
        return { known: false, method: given.method, why: 'malformed' };
      case 'token':
        return this.checkToken(given);
      case 'password':
        return this.checkPassword(given, request);
      case 'jwt':
        return this.checkJwt(given, request.id);
    }
  }

  private async checkJwt(
    { secret, method }: Extract<Presented, { kind: 'jwt' }>,
    requestId: string,
  ): Promise<Grant | Unidentified> {
    const checked = await this.bearerTokens.check(secret, requestId);
    if (checked.ok) {
      const { userId, digest, expiresAt } = checked;
      return { userId, method, signIn: { via: 'oidc', digest, expiresAt } };
    }
    const { why, userId, claimedLogin } = checked;
    return { known: false, method, why, userId, claimedLogin: claim(claimedLogin) };
  }

  private checkToken({ secret, method, login }: Extract<Presented, { kind: 'token' }>): Grant | Unidentified {
    const owner = this.credentials.tokenByDigest(tokenDigest(secret));
    if (!owner) return { known: false, method, why: 'unknown-token', claimedLogin: claim(login) };
    return { userId: owner.userId, method, signIn: { via: 'token', tokenId: owner.tokenId, secretId: owner.secretId } };
  }

  private async checkPassword(
    given: Extract<Presented, { kind: 'password' }>,
    request: CustodyRequest,
  ): Promise<Grant | Unidentified> {
    const checked = await this.passwords.check(given, request);
    if ('known' in checked) return checked;
    const { userId, verifierId } = checked;
    return { userId, method: given.method, signIn: { via: 'password', verifierId } };
  }

  /** Whether a secret that was right still counts, by the account as it is now. A code beside it never counts twice. */
  private async admit(grant: Grant, request: CustodyRequest): Promise<Identified | Unidentified> {
    const { userId, method, signIn } = grant;
    const [loaded, named, linked] = await Promise.all([
      this.accounts.load(userId),
      this.namedRoles.load(),
      signIn.via !== 'oidc' || this.bearerTokens.stillLinked({ userId, digest: signIn.digest }),
    ]);
    if (!linked) return { known: false, method, why: 'identity-unlinked', userId };
    const { admitted } = grant;
    const asBefore = admitted?.revision === loaded.revision && admitted.roleRevision === named.revision;
    const fresh = admitted && asBefore && this.clock.now() < admitted.expiresAt;
    const why = fresh ? undefined : this.objection(grant, loaded);
    if (why !== undefined) return { known: false, method, why, userId };
    const { user } = loaded;
    if (signIn.via === 'password' && user.status !== 'absent' && user.secondFactor) {
      const failure = await this.codeFailure(user, request);
      if (failure) return { known: false, method, userId, ...failure };
    }
    return fresh ? admitted.answer : this.answer(grant, loaded, named);
  }

  private codeFailure(user: Account, request: CustodyRequest): Promise<CodeFailure | undefined> {
    const header = request.headers[CODE_HEADER];
    const { userId: id, kind } = user;
    const actor: Actor = { id, kind, roles: rightsAt(user, this.clock.now()).roles, via: 'password' };
    const code = typeof header === 'string' ? header.trim() : undefined;
    return this.codes.failure(user, code, () => this.contexts.of(request, actor));
  }

  private objection({ signIn }: Grant, { user }: Loaded): SignInFailure | undefined {
    if (user.status === 'absent' || user.status === 'disabled') return 'disabled';
    if (signIn.via === 'password') {
      if (isLocked(user, this.clock.now())) return 'locked';
      return user.password?.verifierId === signIn.verifierId ? undefined : 'wrong-password';
    }
    if (signIn.via === 'oidc') return signIn.expiresAt <= this.clock.now() ? 'jwt-expired' : undefined;
    const token = user.tokens.get(signIn.tokenId);
    if (!token || secretGoodUntil(token, signIn.secretId) <= this.clock.now()) return 'revoked-token';
    return token.expiresAt !== undefined && token.expiresAt <= this.clock.now() ? 'expired-token' : undefined;
  }

  private answer(grant: Grant, { user, revision }: Loaded, named: Settled<NamedRolesState>): Identified {
    if (user.status === 'absent') throw new Error('an account that was admitted must exist');
    const { userId, kind, tokens } = user;
    const { roles, scoped, until } = rightsWith(named.state, user, this.clock.now());
    const { signIn } = grant;
    const { via } = signIn;
    const actor: Actor = { id: userId, kind, roles, via };
    const limits = signIn.via === 'token' ? tokens.get(signIn.tokenId)?.limits : undefined;
    const answer: Identified = {
      known: true,
      actor,
      ...(scoped.length === 0 ? {} : { scoped }),
      ...(user.status === 'pending' ? { pending: true as const } : {}),
      ...(limits === undefined ? {} : { limits }),
      signIn: signIn.via === 'token' ? { via, token: { tokenId: signIn.tokenId, secretId: signIn.secretId } } : { via },
      // A token was issued by someone who had set a password of their own; it does not stand for the password.
      ...(signIn.via === 'password' ? this.first(user, { roles, scoped }) : {}),
    };
    const expiresAt = this.goodUntil(grant, user);
    grant.admitted = {
      revision,
      roleRevision: named.revision,
      answer,
      expiresAt: Math.min(expiresAt ?? Infinity, until ?? Infinity),
    };
    return answer;
  }

  private goodUntil({ signIn }: Grant, user: Account): number | undefined {
    switch (signIn.via) {
      case 'password':
        return agesAt(user, this.policy);
      case 'token':
        return tokenGoodUntil(user.tokens.get(signIn.tokenId), signIn.secretId);
      case 'oidc':
        return signIn.expiresAt;
    }
  }

  private first(user: Account, held: Pick<Rights, 'roles' | 'scoped'>): Pick<Identified, 'changeFirst' | 'enrolFirst'> {
    return { ...changeFirst(user, this.policy, this.clock.now()), ...enrolFirst(user, held, this.factorPolicy) };
  }
}

/** A secret that was replaced goes on until then; one that is two rotations old is over. */
function secretGoodUntil({ secretId, former }: Token, presented: string): number {
  if (secretId === presented) return Infinity;
  return former?.secretId === presented ? former.until : 0;
}

const tokenGoodUntil = (token: Token | undefined, secretId: string): number =>
  token === undefined ? 0 : Math.min(token.expiresAt ?? Infinity, secretGoodUntil(token, secretId));

const isAboutCode = ({ known, ...answer }: Identified | Unidentified): boolean =>
  !known && 'why' in answer && ['code-missing', 'wrong-code', 'replayed-code'].includes(answer.why);
