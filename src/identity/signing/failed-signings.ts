import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, errors, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { Alerts } from '../alerts/alerts.js';
import { lockOf } from '../access/sign-in-locks.js';
import { userDecider, userStream } from '../user/decide.js';
import { Matter, SigningFailure } from './events.js';

export interface FailedSigning {
  readonly userId: UserId;
  readonly why: SigningFailure;
  /** Without it where it is the acceptance that failed. */
  readonly matter?: Matter;
  readonly guesses?: number;
}

/** Nothing was shown yet that could be wrong: no alert, or nobody would look at those that matter. */
const QUIET: ReadonlySet<SigningFailure> = new Set<SigningFailure>([
  'components-missing',
  'code-missing',
  'not-accepted',
  'pending',
  'no-password',
  'aged-password',
  'factor-missing',
  'changed-meanwhile',
  'oidc-refused',
]);

/** Writes each down, tells those who watch the server at once (21 CFR 11.300(d)), and only then answers. */
@Injectable()
export class FailedSignings {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly alerts: Alerts,
    private readonly policy: AccessPolicy,
  ) {}

  /** @throws CustodyError kind `denied`, code `signature-refused`, always */
  async refuse(context: CommandContext, failed: FailedSigning): Promise<never> {
    await this.record(context, failed);
    const message = WORDS[failed.why] ?? ONE_ANSWER;
    const resource = { kind: 'user', id: failed.userId };
    return this.policy.refuse(context, { action: 'self:write', code: 'signature-refused', message, resource });
  }

  private async record(context: CommandContext, { userId, why, matter, guesses }: FailedSigning): Promise<void> {
    // Every try is an event of its own, also when a command is sent twice under one idempotency key.
    const own = { ...context, idempotencyKey: undefined };
    // Before the event: a crash in between leaves an alert too many, not one too few.
    if (!QUIET.has(why)) await this.alerts.raise(own, { alert: 'signing-failed', userId });
    const about = matter && { meaning: matter.meaning, subject: matter.subject, digest: matter.digest };
    const command = { type: 'FailSigning' as const, why, guesses, now: context.now, ...about };
    try {
      const { events, state } = await this.decisions.decide(userDecider, userStream(userId), command, own);
      for (const { type, data } of events)
        if (type === 'SignInLocked' && state.status !== 'absent') {
          const alert = { alert: 'sign-in-locked' as const, userId, count: data.failures };
          await this.alerts.raise(own, alert, lockOf(userId, (state.locks ?? 1) - 1));
        }
    } catch (cause) {
      if (cause instanceof CustodyError) throw cause;
      const message = 'the audit trail can’t be written now, so nothing is answered; try again later';
      throw Object.assign(errors.unavailable('trail-unavailable', message), { cause });
    }
  }
}

/** Whatever was wrong with what was shown, and whatever part of it was right. */
const ONE_ANSWER =
  'the signature was refused: what you signed with is not right, no longer valid, was used already, or is locked for a while after wrong tries';

/** What is so whoever asks, and whatever they show: saying it gives nothing away. */
const WORDS: Partial<Record<SigningFailure, string>> = {
  'components-missing':
    'a signature needs your password, with the code of your second factor if you have one, or a ticket from a fresh sign-in at the OpenID provider (GET /api/v1/signing/oidc); the session or token of the request is not enough',
  'code-missing': 'your account has a second factor: sign with its one-time code too',
  'service-account': 'a signature is a person’s: a service account can’t sign',
  pending:
    'this account is not active yet, so it can’t sign: an administrator has to record first how your identity was verified',
  'not-accepted':
    'you have not accepted yet that your signature binds (or not its present text): POST /api/v1/users/me/signature-acceptance',
  'reset-unverified':
    'somebody has reset your password or second factor, or linked an identity to your account: before you sign again, somebody else than they has to record anew how you were identified (POST /api/v1/users/{id}/identity-verification)',
  'no-password':
    'your account has no password: sign in anew at the OpenID provider for this signature (GET /api/v1/signing/oidc)',
  'one-time-password':
    'a password that somebody else has set can’t sign: set your own first with POST /api/v1/users/me/password',
  'aged-password':
    'this password has become too old to sign with: set another first with POST /api/v1/users/me/password',
  'factor-missing':
    'your role needs a second factor, also to sign: enrol one first with POST /api/v1/users/me/second-factor',
  'changed-meanwhile': 'your account was changed while you signed: sign again',
};
