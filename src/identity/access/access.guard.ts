import { CanActivate, ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { CommandContext, errors, Reach } from '../../core/index.js';
import { CustodyRequest, Declared, Requirement, REQUIRES, REQUIRES_ALSO } from '../../http/index.js';
import { AccessTrail } from './access-trail.js';
import { CHANGE_FIRST, Denial, LIMITED, notPermitted, UNDECLARED } from './denial.js';
import { Identification, Identified, Unidentified } from './identification.js';
import { Permissions } from './permissions.js';
import { WITH_ONE_TIME_PASSWORD } from './one-time-password.js';
import { RequestContexts } from './request-context.js';
import { SignInLocks } from './sign-in-locks.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

interface Route {
  /** None where the handler declares nothing. */
  readonly requires: readonly Requirement[] | 'public';
  readonly withOneTimePassword: boolean;
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
    if (who.signIn) await this.trail.signedIn(context, who.actor.id, who.signIn.via, who.signIn.tokenId);
    const first = denialOf(requires, route, who);
    const verdict = first ? undefined : await this.permissions.decide(who, requires, request);
    if (verdict?.permitted) {
      request.custody = reaching(context, who, verdict);
      return true;
    }
    const action = requires[0]?.action;
    const { code, message } = first ?? (verdict?.limited ? LIMITED : notPermitted(who, action!));
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
    if (who.signIn) await this.trail.signedIn(context, who.actor.id, who.signIn.via, who.signIn.tokenId);
    if (!who.refused) return;
    const { code, message } = who.refused;
    await this.trail.denied(context, { action: 'undeclared', code, ...place(request) });
    throw errors.denied(code, message);
  }

  private routeOf(handler: Handler): Route {
    const known = this.routes.get(handler);
    if (known) return known;
    const declared = this.reflector.get<Declared>(REQUIRES, handler);
    const also = this.reflector.get<Requirement | undefined>(REQUIRES_ALSO, handler);
    const requires = declared === 'public' ? declared : [...(declared ? [declared] : []), ...(also ? [also] : [])];
    if (!declared) this.logger.error(`route handler ${handler.name} declares no permission, so everybody is refused`);
    const route: Route = {
      requires,
      withOneTimePassword: this.reflector.get<boolean | undefined>(WITH_ONE_TIME_PASSWORD, handler) === true,
    };
    this.routes.set(handler, route);
    return route;
  }

  /** The same answer whatever was wrong: it tells nobody which logins exist. */
  private async refuseUnknown(request: CustodyRequest, who: Unidentified): Promise<never> {
    const { method, why, userId } = who;
    const data = { method, why, ...place(request), ...(userId === undefined ? {} : { userId }) };
    const context = this.contexts.ofUnknown(request, who);
    await this.trail.signInFailed(context, data);
    if (who.guesses !== undefined) await this.locks.guessed(context, userId, who.guesses);
    if (why === 'overloaded')
      throw errors.limit('too-many-sign-ins', 'too many sign-ins at once; try again in a moment');
    if (why === 'no-credentials') {
      throw errors.unauthenticated(
        'credentials-required',
        'sign in with login and password (Basic) or with a token (Bearer)',
      );
    }
    throw errors.unauthenticated(
      'invalid-credentials',
      'login, password or token is not right, no longer valid, or locked for a while after wrong tries',
    );
  }
}

/** What the handler and its commands may need to know of rights that hold for some names only. */
const reaching = (context: CommandContext, { scoped, limits }: Identified, { reach }: { readonly reach?: Reach }) =>
  scoped === undefined && limits === undefined && reach === undefined
    ? context
    : {
        ...context,
        ...(scoped === undefined ? {} : { scoped }),
        ...(limits === undefined ? {} : { limits }),
        ...(reach === undefined ? {} : { reach }),
      };

const place = (request: CustodyRequest) => ({
  httpMethod: request.method,
  route: request.routeOptions.url ?? 'unknown',
});

/** What is refused before anybody asks for rights, in the order of the checks. */
function denialOf(
  requires: readonly Requirement[],
  { withOneTimePassword }: Route,
  who: Identified,
): Denial | undefined {
  if (who.refused) return who.refused;
  if (requires.length === 0) return UNDECLARED;
  return who.changeFirst && !withOneTimePassword ? CHANGE_FIRST[who.changeFirst] : undefined;
}
