import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { errors, Micros, ROLES, toIso } from '../../core/index.js';
import type { CommandContext, Role } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../http/index.js';
import { withReason } from '../commands/with-reason.js';
import { userIdOf } from '../user/user-id.js';
import { AllowBreakGlass, BreakGlass, ListBreakGlassReviews, SignOffBreakGlass } from './break-glass.commands.js';
import { VERDICTS } from './events.js';
import type { Verdict } from './events.js';
import { BreakGlassTable } from './table.js';

const REVIEW_ID = /^bg-[0-9a-f-]{36}$/;
const STATES = ['overdue', 'reviewed'] as const;

@Strict()
export class AllowBreakGlassRequest {
  @IsBoolean()
  readonly allowed!: boolean;

  /** Why; here or in the header `x-custody-reason`. */
  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@Strict()
export class BreakGlassRequest {
  @IsIn(ROLES, { message: `role is one of ${ROLES.join(', ')}` })
  readonly role!: Role;

  @IsInt()
  @Min(1)
  readonly minutes!: number;

  @IsOptional()
  @IsString()
  readonly reason?: string;
}

@Strict()
export class ReviewsRequest {
  @IsOptional()
  @IsIn(STATES)
  readonly state?: (typeof STATES)[number];
}

@Strict()
export class SignOffRequest {
  @IsIn(VERDICTS, { message: `decision is one of ${VERDICTS.join(', ')}` })
  readonly decision!: Verdict;

  @IsString()
  readonly comment!: string;
}

@ApiTags('break-glass')
@Controller(CUSTODY_API)
export class BreakGlassController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('users/:id/break-glass')
  @HttpCode(200)
  @Requires('user:write')
  async allow(
    @Caller() context: CommandContext,
    @Param('id') id: string,
    @Body() { allowed, reason }: AllowBreakGlassRequest,
  ) {
    const userId = userIdOf(id);
    await this.commands.execute(new AllowBreakGlass(withReason(context, reason), { userId, allowed }));
    return { user_id: userId, allowed };
  }

  /** For oneself; whether one may, the account says and not a role. */
  @Post('break-glass')
  @Requires('self:write')
  async break(@Caller() context: CommandContext, @Body() { role, minutes, reason }: BreakGlassRequest) {
    const { reviewId, expiresAt } = await this.commands.execute(
      new BreakGlass(withReason(context, reason), { role, minutes }),
    );
    return { review_id: reviewId, user_id: context.actor.id, role, expires_at: toIso(expiresAt) };
  }

  @Get('break-glass/reviews')
  @Requires('break-glass:read')
  async reviews(@Query() { state }: ReviewsRequest) {
    return { reviews: (await this.queries.execute(new ListBreakGlassReviews(state))).map(wire) };
  }

  @Post('break-glass/reviews/:id')
  @HttpCode(200)
  @Requires('break-glass:review')
  async signOff(
    @Caller() context: CommandContext,
    @Param('id') reviewId: string,
    @Body() { decision, comment }: SignOffRequest,
  ) {
    if (!REVIEW_ID.test(reviewId)) throw errors.notFound('review-not-found', 'there is no such review');
    if (comment.trim() === '')
      throw errors.invalid('comment-required', 'say what you found: a review needs a comment', 'comment');
    await this.commands.execute(new SignOffBreakGlass(withReason(context, comment), { reviewId, decision }));
    return { review_id: reviewId, decision, reviewed_by: context.actor.id };
  }
}

const iso = (at: number | null) => (at === null ? undefined : toIso(at as Micros));

/** Due at once, so that it is overdue until somebody has signed it off. */
const wire = ({ opened_at, expires_at, reviewed_at, reviewed_by, decision, comment, ...review }: BreakGlassTable) => ({
  ...review,
  opened_at: iso(opened_at),
  expires_at: iso(expires_at),
  overdue: reviewed_at === null,
  reviewed_at: iso(reviewed_at),
  reviewed_by: reviewed_by ?? undefined,
  decision: decision ?? undefined,
  comment: comment ?? undefined,
});
