import { Inject, Injectable, Optional } from '@nestjs/common';
import { SigningCredentials } from '../../approvals/index.js';
import { CommandContext, errors, Micros } from '../../core/index.js';
import { changeFirst, mustHaveFactor } from '../access/standing.js';
import { PASSWORD_POLICY } from '../credentials/password-policy.js';
import type { PasswordPolicy } from '../credentials/password-policy.js';
import { Passwords } from '../credentials/passwords.js';
import { CodeCheck } from '../second-factor/code-check.js';
import { SECOND_FACTOR_POLICY } from '../second-factor/second-factor-policy.js';
import type { SecondFactorPolicy } from '../second-factor/second-factor-policy.js';
import { isLocked } from '../user/decide.js';
import { Account } from '../user/events.js';
import { Shown } from './decide.js';
import { Matter, SigningFailure } from './events.js';
import { DEFAULT_SIGNING, SIGNING_POLICY } from './signing-policy.js';
import type { SigningPolicy } from './signing-policy.js';
import { SigningTickets } from './tickets.js';

export type Checked =
  | { readonly ok: true; readonly shown: Shown }
  | { readonly ok: false; readonly why: SigningFailure; readonly guesses?: number };

const MINUTE = 60_000_000;
const LONGEST = 1024;

/**
 * Checks, now and from the beginning, what somebody shows to sign; nothing that was found right before counts.
 * A password is computed for an account that is locked too, so that its answer takes as long as any other.
 */
@Injectable()
export class SigningComponents {
  constructor(
    private readonly passwords: Passwords,
    private readonly codes: CodeCheck,
    private readonly tickets: SigningTickets,
    @Inject(PASSWORD_POLICY) private readonly passwordPolicy: PasswordPolicy,
    @Inject(SECOND_FACTOR_POLICY) private readonly factorPolicy: SecondFactorPolicy,
    @Optional() @Inject(SIGNING_POLICY) private readonly policy: SigningPolicy = DEFAULT_SIGNING,
  ) {}

  async check(
    context: CommandContext,
    user: Account,
    matter: Matter,
    { password, code, ticket }: SigningCredentials,
  ): Promise<Checked> {
    wellFormed({ password, code, ticket });
    if (ticket !== undefined) return this.ticket(context, user, matter, ticket);
    if (password === undefined) return { ok: false, why: 'components-missing' };
    return this.passwordAndCode(context, user, password, code);
  }

  /** Whether the password alone is enough: the person signed with all components in this browser session just now. */
  continues({ sessionId, now }: CommandContext, { signing, sessions }: Account): boolean {
    const { sessionMinutes } = this.policy;
    if (sessionId === undefined || sessionMinutes === 0 || !sessions.has(sessionId)) return false;
    const last = signing.fullIn.get(sessionId);
    return last !== undefined && now - last < sessionMinutes * MINUTE;
  }

  private async ticket(context: CommandContext, user: Account, matter: Matter, ticket: string): Promise<Checked> {
    const { now } = context;
    const { userId, secondFactor } = user;
    const redeemed = await this.tickets.redeem(ticket, userId, matter, now);
    if (!redeemed.ok) return redeemed;
    if (isLocked(user, now)) return { ok: false, why: 'locked' };
    return { ok: true, shown: { components: ['oidc'], ...factorOf(secondFactor) } };
  }

  private async passwordAndCode(
    context: CommandContext,
    user: Account,
    password: string,
    code: string | undefined,
  ): Promise<Checked> {
    const { userId, secondFactor } = user;
    const asksCode = secondFactor !== undefined && !this.continues(context, user);
    const unfit = this.unfit(user, context.now) ?? (asksCode && !code ? 'code-missing' : undefined);
    if (unfit !== undefined) return { ok: false, why: unfit };
    const verifierId = user.password!.verifierId;
    const matches = await this.passwords.matches(userId, verifierId, password);
    if (isLocked(user, context.now)) return { ok: false, why: 'locked' };
    if (!matches) return { ok: false, why: 'wrong-password' };
    if (asksCode) {
      const failure = await this.codes.failure(user, code, () => ({ ...context, idempotencyKey: undefined }));
      if (failure) return { ok: false, ...failure };
    }
    const components = asksCode ? (['password', 'code'] as const) : (['password'] as const);
    return { ok: true, shown: { components, verifierId, ...factorOf(secondFactor) } };
  }

  /** What is wrong with the account's password, or with its having nothing else, whatever is shown. */
  private unfit(user: Account, now: Micros): SigningFailure | undefined {
    if (!user.password) return 'no-password';
    const { changeFirst: first } = changeFirst(user, this.passwordPolicy, now);
    if (first !== undefined) return first === 'aged' ? 'aged-password' : 'one-time-password';
    return user.secondFactor === undefined && mustHaveFactor(user, this.factorPolicy, now)
      ? 'factor-missing'
      : undefined;
  }
}

const factorOf = (factor: Account['secondFactor']): Pick<Shown, 'factorId'> =>
  factor === undefined ? {} : { factorId: factor.factorId };

function wellFormed({ password, code, ticket }: SigningCredentials): void {
  for (const [field, text] of Object.entries({ password, code, signing_ticket: ticket }))
    if (text !== undefined && (typeof text !== 'string' || text.length > LONGEST))
      throw errors.invalid('signing-credentials-invalid', `${field} is a text of at most ${LONGEST} characters`, field);
  if (ticket !== undefined && password !== undefined) {
    const message = 'sign with the password or with a ticket from the OpenID provider, not with both';
    throw errors.invalid('signing-credentials-ambiguous', message, 'signing_ticket');
  }
}
