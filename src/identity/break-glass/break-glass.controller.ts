import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, MaxLength, Min } from 'class-validator';
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

  /** Of the dossier of the review’s request that was read; without it, the one as it is now is signed. */
  @IsOptional()
  @IsString()
  @Matches(/^[0-9a-f]{64}$/, { message: 'is the digest of the dossier, 64 hex digits' })
  readonly digest?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1024)
  readonly password?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly code?: string;

  @IsOptional()
  @IsString()
  @MaxLength(4096)
  readonly signing_ticket?: string;
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
    const { reviewId, expiresAt, approvalId, number } = await this.commands.execute(
      new BreakGlass(withReason(context, reason), { role, minutes }),
    );
    const review = { review_id: reviewId, user_id: context.actor.id, role, expires_at: toIso(expiresAt) };
    return { ...review, approval_id: approvalId, number };
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
    @Body() { decision, comment, digest, password, code, signing_ticket: ticket }: SignOffRequest,
  ) {
    if (!REVIEW_ID.test(reviewId)) throw errors.notFound('review-not-found', 'there is no such review');
    if (comment.trim() === '')
      throw errors.invalid('comment-required', 'say what you found: a review needs a comment', 'comment');
    const input = { reviewId, decision, digest, credentials: { password, code, ticket } };
    const signed = await this.commands.execute(new SignOffBreakGlass(withReason(context, comment), input));
    const { approvalId, number, signatureId } = signed;
    const answer = { review_id: reviewId, decision, reviewed_by: context.actor.id };
    return { ...answer, approval_id: approvalId, number, signature_id: signatureId };
  }
}

const iso = (at: number | null) => (at === null ? undefined : toIso(at as Micros));

/** Due at once, so that it is overdue until somebody has signed it off. */
const wire = (row: BreakGlassTable) => {
  const { opened_at, expires_at, reviewed_at, reviewed_by, decision, comment, approval_id, number, ...review } = row;
  return {
    ...review,
    approval_id: approval_id ?? undefined,
    number: number ?? undefined,
    opened_at: iso(opened_at),
    expires_at: iso(expires_at),
    overdue: reviewed_at === null,
    reviewed_at: iso(reviewed_at),
    reviewed_by: reviewed_by ?? undefined,
    decision: decision ?? undefined,
    comment: comment ?? undefined,
  };
};
