import { Inject } from '@nestjs/common';
import { CommandBus, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { RequestApproval } from '../../approvals/index.js';
import { CommandContext, CustodyError, errors, Micros, uuidv7 } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { DecisionMaker } from '../../ledger/index.js';
import { recordingDenial } from '../access/recorded-denial.js';
import { Alerts } from '../alerts/alerts.js';
import { userResource } from '../user/resource.js';
import { Accounts } from '../user/accounts.js';
import { userDecider, userStream } from '../user/decide.js';
import { AllowBreakGlass, BreakGlass } from './break-glass.commands.js';
import { BREAK_GLASS_POLICY } from './break-glass-policy.js';
import type { BreakGlassPolicy } from './break-glass-policy.js';
import { reviewDecider, reviewStream } from './decide-review.js';
import { reviewRequest } from './review/request.js';

const MINUTE = 60_000_000;
/** Whoever found an open browser, or took a cookie, is not the person. */
const FRESH = 5 * MINUTE;

@CommandHandler(AllowBreakGlass)
export class AllowBreakGlassHandler implements ICommandHandler<AllowBreakGlass> {
  constructor(private readonly decisions: DecisionMaker) {}

  async execute({ context, input: { userId, allowed } }: AllowBreakGlass): Promise<void> {
    if (context.reason === undefined)
      throw errors.invalid('reason-required', 'say why: who may break the glass needs a reason', 'reason');
    const command = { type: 'SetBreakGlass' as const, allowed, by: context.actor.id, now: context.now };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
  }
}

@CommandHandler(BreakGlass)
export class BreakGlassHandler implements ICommandHandler<BreakGlass> {
  constructor(
    private readonly accounts: Accounts,
    private readonly access: AccessPolicy,
    private readonly decisions: DecisionMaker,
    private readonly alerts: Alerts,
    private readonly commands: CommandBus,
    @Inject(BREAK_GLASS_POLICY) private readonly policy: BreakGlassPolicy,
  ) {}

  async execute({ context, input }: BreakGlass) {
    const { now, actor } = context;
    this.checkInput(context, input);
    if (actor.via === 'token' || actor.via === 'oidc')
      await this.refuse(
        context,
        'break-glass-by-token',
        'the glass is broken by a person who signs in, not by a token',
      );
    if (context.signedInAt === undefined || now - context.signedInAt > FRESH)
      await this.refuse(
        context,
        'sign-in-again',
        `the glass is broken within ${FRESH / MINUTE} minutes of signing in: sign in again, and then send this`,
      );
    const { role } = input;
    const reviewId = `bg-${uuidv7()}`;
    const expiresAt = (now + input.minutes * MINUTE) as Micros;
    const use = { type: 'UseBreakGlass' as const, reviewId, role, expiresAt, now };
    const { user } = await this.accounts.load(actor.id);
    // Nothing is opened for what would be refused; after a crash in between there is a review without a role.
    const first = userDecider.decide(use, user);
    if (!first.ok) return this.recorded(context, Promise.reject(new CustodyError(first.refusal)));
    const open = { type: 'OpenReview' as const, reviewId, userId: actor.id, role, expiresAt };
    await this.decisions.decide(reviewDecider, reviewStream(reviewId), open, context);
    const request = new RequestApproval(context, reviewRequest(open));
    const { approvalId, number } = await this.commands.execute(request);
    // Before the role is taken: a crash in between leaves an alert too many, not one too few.
    await this.alerts.raise(context, { alert: 'break-glass', userId: actor.id });
    await this.recorded(context, this.decisions.decide(userDecider, userStream(actor.id), use, context));
    return { reviewId, expiresAt, approvalId, number };
  }

  private checkInput({ reason }: CommandContext, { role, minutes }: BreakGlass['input']): void {
    const { roles, minutes: most } = this.policy;
    if (reason === undefined)
      throw errors.invalid('reason-required', 'say why you need the role now; it will be reviewed', 'reason');
    if (!roles.includes(role)) {
      const which = roles.length === 0 ? 'none here' : `these: ${roles.join(', ')}`;
      throw errors.invalid('role-not-offered', `roles that can be taken in need are ${which}`, 'role');
    }
    if (minutes > most)
      throw errors.invalid('too-long', `a role is taken for at most ${most} minutes at a time`, 'minutes');
  }

  private recorded<T>(context: CommandContext, decided: Promise<T>): Promise<T> {
    const resource = userResource({ userId: context.actor.id });
    return recordingDenial(decided, this.access, context, { resource, action: 'self:write' });
  }

  private refuse(context: CommandContext, code: string, message: string): Promise<never> {
    const resource = { kind: 'user', id: context.actor.id };
    return this.access.refuse(context, { action: 'self:write', code, message, resource });
  }
}
