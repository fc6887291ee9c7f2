import { CanActivate, ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { CommandContext, errors, Reach } from '../../core/index.js';
import { Action, CustodyRequest, Declared, Requirement, REQUIRES, REQUIRES_ALSO } from '../../http/index.js';
import { AdministratorAddresses } from '../alerts/administrator-addresses.js';
import { CODE_HEADER } from '../second-factor/code-check.js';
import { WHILE_ENROLLING } from '../second-factor/while-enrolling.js';
import { AccessTrail } from './access-trail.js';
import { CHANGE_FIRST, Denial, ENROL_FIRST, LIMITED, notPermitted, PENDING, UNDECLARED } from './denial.js';
import { Identification, Identified, Unidentified } from './identification.js';
import { Permissions } from './permissions.js';
import { WITH_ONE_TIME_PASSWORD } from './one-time-password.js';
import { RequestContexts } from './request-context.js';
import { SignInLocks } from './sign-in-locks.js';
import { RequestRates } from '../strangers/request-rates.js';
import { Strangers } from '../strangers/strangers.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

interface Route {
  /** None where the handler declares nothing. */
  readonly requires: readonly Requirement[] | 'public';
  readonly withOneTimePassword: boolean;
  readonly whileEnrolling: boolean;
}

/**
 * In front of every route: finds out who is asking, whether they may, and records both refusals before
 * they are answered. A request that passes carries the context for its commands.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);
  private readonly routes = new Map<Handler, Route>();

  constructor(
    private readonly reflector: Reflector,
    private readonly identification: Identification,
    private readonly contexts: RequestContexts,
    private readonly trail: AccessTrail,
    private readonly locks: SignInLocks,
    private readonly permissions: Permissions,
    private readonly strangers: Strangers,
    private readonly rates: RequestRates,
    private readonly addresses: AdministratorAddresses,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const route = this.routeOf(execution.getHandler());
    const { requires } = route;
    const request = execution.switchToHttp().getRequest<CustodyRequest>();
    request.guarded = true;
    if (requires === 'public') return true;
    const who = await this.identification.identify(request);
    if (!who.known) return this.refuseUnknown(request, who);
    const context = this.contexts.of(request, who.actor);
    this.rates.assertWithin(context);
    if (who.signIn) await this.signedIn(context, who.signIn, request);
    const first = denialOf(requires, route, who);
    const verdict = first ? undefined : await this.permissions.decide(who, requires, request);
    if (verdict?.permitted) {
      request.custody = reaching(context, who, verdict);
      return true;
    }
    const action = requires[0]?.action;
    const { code, message } = first ?? refusalOf(who, verdict?.limited === true, action!);
    await this.trail.denied(context, { action: action ?? 'undeclared', code, ...place(request) });
    throw errors.denied(code, message);
  }

  /**
   * For what comes to no route: a path that leads nowhere, a body that can't be read. Who may not come in is told
   * so before anything else, as on every path, and leaves the same trace. Otherwise anybody could find out unseen
   * which paths there are and what they take.
   */
  async admit(request: CustodyRequest): Promise<void> {
    const who = await this.identification.identify(request);
    if (!who.known) return this.refuseUnknown(request, who);
    const context = this.contexts.of(request, who.actor);
    if (who.signIn) await this.signedIn(context, who.signIn, request);
    if (!who.refused) return;
    const { code, message } = who.refused;
    await this.trail.denied(context, { action: 'undeclared', code, ...place(request) });
    throw errors.denied(code, message);
  }

  /** Whoever signs in, with each request or once for a session, passes here. */
  async signedIn(
    context: CommandContext,
    { via, token }: NonNullable<Identified['signIn']>,
    request: CustodyRequest,
  ): Promise<void> {
    await this.trail.signedIn(context, context.actor.id, via, token?.tokenId);
    await this.addresses.seen(context, request);
  }

  private routeOf(handler: Handler): Route {
    const known = this.routes.get(handler);
    if (known) return known;
    const declared = this.reflector.get<Declared>(REQUIRES, handler);
    const also = this.reflector.get<Requirement | undefined>(REQUIRES_ALSO, handler);
    const requires = declared === 'public' ? declared : [...(declared ? [declared] : []), ...(also ? [also] : [])];
    if (!declared) this.logger.error(`route handler ${handler.name} declares no permission, so everybody is refused`);
    const marked = (mark: string) => this.reflector.get<boolean | undefined>(mark, handler) === true;
    const route: Route = {
      requires,
      withOneTimePassword: marked(WITH_ONE_TIME_PASSWORD),
      whileEnrolling: marked(WHILE_ENROLLING),
    };
    this.routes.set(handler, route);
    return route;
  }

  /** The same answer whatever was wrong: it tells nobody which logins exist. For the guard, and for the route that signs in. */
  async refuseUnknown(request: CustodyRequest, who: Unidentified): Promise<never> {
    const { method, why, userId } = who;
    const data = { method, why, ...place(request), ...(userId === undefined ? {} : { userId }) };
    const context = () => this.contexts.ofUnknown(request, who);
    const told = this.strangers.refused(request, who, context);
    if (told) await this.trail.signInFailed(context(), data);
    else this.trail.signInCounted(why);
    if (who.guesses !== undefined) await this.locks.guessed(context(), userId, who.guesses);
    if (why === 'overloaded')
      throw errors.limit('too-many-sign-ins', 'too many sign-ins at once; try again in a moment', undefined, 1);
    if (why === 'provider-away') {
      const message = 'the OpenID provider does not answer, so nobody knows who you are; try again later';
      throw errors.unavailable('provider-unavailable', message);
    }
    const wait = why === 'no-credentials' ? undefined : this.strangers.waitOf(request);
    if (wait !== undefined) throw throttled(wait);
    if (why === 'no-credentials') {
      throw errors.unauthenticated(
        'credentials-required',
        'sign in with login and password (Basic) or with a token (Bearer)',
      );
    }
    if (who.method === 'oidc') {
      const message = 'signing in at the OpenID provider did not let you in; begin again with GET /api/v1/oidc/login';
      throw errors.unauthenticated('sign-in-failed', message);
    }
    // Said only to somebody who has shown the password already.
    if (why === 'code-missing') throw codeRequired(who);
    if (why === 'wrong-code' || why === 'replayed-code')
      throw errors.unauthenticated(
        'invalid-code',
        'the one-time code is not right, or was used already',
        codeField(who),
      );
    if (who.method === 'session')
      throw errors.unauthenticated('session-over', 'your session is over: sign in with POST /api/v1/sessions');
    throw errors.unauthenticated(
      'invalid-credentials',
      'login, password or token is not right, no longer valid, or locked for a while after wrong tries',
    );
  }
}

const throttled = (wait: number) =>
  errors.limit(
    'too-many-failed-sign-ins',
    `too many sign-ins from this address went wrong; try again in ${wait} s, or sign in with a token`,
    undefined,
    wait,
  );

/** What the handler and its commands may need to know of rights that hold for some names only. */
const reaching = (
  context: CommandContext,
  {
    actor,
    scoped,
    limits,
    sessionId,
    signIn,
    signedInAt = actor.via === 'password' ? context.now : undefined,
  }: Identified,
  { reach }: { readonly reach?: Reach },
): CommandContext => ({
  ...context,
  ...(scoped === undefined ? {} : { scoped }),
  ...(signedInAt === undefined ? {} : { signedInAt }),
  ...(limits === undefined ? {} : { limits }),
  ...(sessionId === undefined ? {} : { sessionId }),
  ...(signIn?.token === undefined ? {} : { token: signIn.token }),
  ...(reach === undefined ? {} : { reach }),
});

const codeField = ({ method }: Unidentified): string => (method === 'form' ? 'code' : CODE_HEADER);

function codeRequired(who: Unidentified) {
  const where = who.method === 'form' ? 'in code' : `in the header ${CODE_HEADER}, or use a token`;
  const message = `the account has a second factor: send its one-time code, or a recovery code, ${where}`;
  return errors.unauthenticated('second-factor-required', message, codeField(who));
}

const place = (request: CustodyRequest) => ({
  httpMethod: request.method,
  route: request.routeOptions.url ?? 'unknown',
});

/** Why a right is missing: the account waits, the token is limited, or nobody gave it. */
function refusalOf(who: Identified, limited: boolean, action: Action): Denial {
  if (who.pending) return PENDING;
  return limited ? LIMITED : notPermitted(who, action);
}

/** What is refused before anybody asks for rights, in the order of the checks. */
function denialOf(
  requires: readonly Requirement[],
  { withOneTimePassword, whileEnrolling }: Route,
  who: Identified,
): Denial | undefined {
  if (who.refused) return who.refused;
  if (requires.length === 0) return UNDECLARED;
  if (who.changeFirst && !withOneTimePassword) return CHANGE_FIRST[who.changeFirst];
  return who.enrolFirst && !whileEnrolling && !withOneTimePassword ? ENROL_FIRST : undefined;
}
