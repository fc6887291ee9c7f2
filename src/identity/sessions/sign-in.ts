import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Actor, errors, UserId } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import type { CustodyRequest } from '../../http/index.js';
import { AccessGuard } from '../access/access.guard.js';
import { Identification, Identified } from '../access/identification.js';
import { OpenIdentification } from '../access/open-identification.js';
import { PasswordSignIn } from '../access/password-sign-in.js';
import { RequestContexts } from '../access/request-context.js';
import { changeFirst, enrolFirst } from '../access/standing.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { PASSWORD_POLICY } from '../credentials/password-policy.js';
import type { PasswordPolicy } from '../credentials/password-policy.js';
import { CodeCheck } from '../second-factor/code-check.js';
import { SECOND_FACTOR_POLICY } from '../second-factor/second-factor-policy.js';
import type { SecondFactorPolicy } from '../second-factor/second-factor-policy.js';
import { rightsWith } from '../named-roles/levels.js';
import { NamedRoles } from '../named-roles/named-roles.js';
import { Accounts } from '../user/accounts.js';
import { fromElsewhere } from './cross-site.js';
import { Sessions, StartedSession } from './sessions.js';

export interface SignedIn extends StartedSession, Pick<Identified, 'changeFirst' | 'enrolFirst'> {
  readonly userId: UserId;
}

/** Signing in from a page: what was wrong is recorded and answered as for any other request. */
@Injectable()
export class SignIn {
  constructor(
    private readonly identification: Identification,
    private readonly passwords: PasswordSignIn,
    private readonly accounts: Accounts,
    private readonly namedRoles: NamedRoles,
    private readonly codes: CodeCheck,
    private readonly sessions: Sessions,
    private readonly guard: AccessGuard,
    private readonly contexts: RequestContexts,
    private readonly policy: AccessPolicy,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
    @Inject(PASSWORD_POLICY) private readonly passwordPolicy: PasswordPolicy,
    @Inject(SECOND_FACTOR_POLICY) private readonly factorPolicy: SecondFactorPolicy,
  ) {}

  async withPassword(
    given: { readonly login: string; readonly password: string; readonly code?: string },
    request: CustodyRequest,
    reply: FastifyReply,
  ): Promise<SignedIn> {
    if (this.identification instanceof OpenIdentification)
      throw errors.state('open-server', 'this open server has no accounts: everybody is in already');
    await this.fromHere(request);
    const checked = await this.passwords.check({ ...given, method: 'form' }, request);
    if ('known' in checked) return this.guard.refuseUnknown(request, checked);
    const { userId } = checked;
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent' || user.status === 'disabled')
      return this.guard.refuseUnknown(request, { known: false, method: 'form', why: 'disabled', userId });
    const held = rightsWith((await this.namedRoles.load()).state, user, this.clock.now());
    const { roles } = held;
    const actor: Actor = { id: userId, kind: user.kind, roles, via: 'password' };
    const context = this.contexts.of(request, actor);
    const failure = await this.codes.failure(user, given.code?.trim(), () => context);
    if (failure) return this.guard.refuseUnknown(request, { known: false, method: 'form', userId, ...failure });
    request.custody = context;
    await this.guard.signedIn(context, { via: 'password' }, request);
    const started = await this.sessions.start(userId, 'password', context, reply, checked.verifierId);
    const { now } = context;
    return {
      userId,
      ...started,
      ...changeFirst(user, this.passwordPolicy, now),
      ...enrolFirst(user, held, this.factorPolicy),
    };
  }

  /** A page of another site must not sign its visitor in, not even as somebody whom the page knows. */
  private async fromHere(request: CustodyRequest): Promise<void> {
    const message = fromElsewhere(request);
    if (message === undefined) return;
    const resource = { kind: 'route', id: 'POST /api/v1/sessions' };
    await this.policy.refuseUnknown(request, { action: 'self:write', code: 'cross-site-request', message, resource });
  }
}
