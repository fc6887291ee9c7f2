import { Inject, Injectable } from '@nestjs/common';
import { CommandContext, errors } from '../../../core/index.js';
import type { Clock } from '../../../core/index.js';
import { CustodyRequest } from '../../../http/index.js';
import { RequestContexts } from '../../access/request-context.js';
import { IDENTITY_CLOCK } from '../../clock.js';
import type { Exchanged } from '../../oidc/browser/code-exchange.js';
import type { Begun, BegunSigning } from '../../oidc/browser/login-cookie.js';
import { Identities } from '../../oidc/identities.js';
import { SigningFailure } from '../events.js';
import { FailedSignings } from '../failed-signings.js';
import { SigningTickets } from '../tickets.js';

/** What a sign-in at the provider that was made in order to sign comes to: a ticket, or a failed signing. */
@Injectable()
export class StepUp {
  constructor(
    private readonly identities: Identities,
    private readonly tickets: SigningTickets,
    private readonly failures: FailedSignings,
    private readonly contexts: RequestContexts,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Where the browser goes on to, with the ticket. It stands behind the `#`, which browsers keep to themselves: no
   * server, proxy or log sees it.
   */
  async finish(
    { returnTo }: Begun,
    signing: BegunSigning,
    exchanged: Exchanged,
    request: CustodyRequest,
  ): Promise<string> {
    if (!exchanged.ok) return this.fail(request, signing, exchanged.why);
    const { issuer, subject } = exchanged.vouched;
    const identity = this.identities.digest(issuer, subject);
    const { userId, matter } = signing;
    if (!(await this.identities.stillLinked(identity, userId))) return this.fail(request, signing, 'another-person');
    const ticket = this.tickets.issue(userId, matter, identity, this.clock.now());
    return `${returnTo.split('#', 1)[0]!}#signing_ticket=${ticket}`;
  }

  private fail(request: CustodyRequest, { userId, matter }: BegunSigning, why: SigningFailure): Promise<never> {
    // Nobody was tried: whether it is the person, nobody knows.
    if (why === 'provider-away') {
      const message = 'the OpenID provider does not answer, so nobody knows who you are; try again later';
      return Promise.reject(errors.unavailable('provider-unavailable', message));
    }
    return this.failures.refuse(this.unknown(request), { userId, why, matter });
  }

  /** The cookie says who began; who came back is just what could not be shown. */
  private unknown(request: CustodyRequest): CommandContext {
    return this.contexts.ofUnknown(request, { known: false, method: 'oidc', why: 'no-credentials' });
  }
}
