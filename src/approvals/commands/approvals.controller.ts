import { Body, Controller, Get, HttpCode, Optional, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { errors } from '../../core/index.js';
import type { CommandContext, JsonObject } from '../../core/index.js';
import { about, Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { ApprovableKinds } from '../approvable-kinds.js';
import { Confidential } from '../approval/confidential.js';
import { RolesHere } from '../approval/roles-here.js';
import { ApprovalDirectory } from '../directory/approval-directory.js';
import { PeopleNames, withPeople } from '../people.js';
import { GetApproval } from '../queries/approval/query.js';
import { approvalWire, isoOf } from '../queries/approval/wire.js';
import { ListApprovals, ListedApproval } from '../queries/approvals/query.js';
import {
  ApprovalAnswer,
  CommentApproval,
  DecideApproval,
  RequestApproval,
  WithdrawApproval,
} from './approvals.commands.js';
import {
  CommentRequest,
  DecisionRequest,
  ListApprovalsRequest,
  RequestApprovalRequest,
  WithdrawRequest,
} from './approvals.request.js';

const DEFAULT_PAGE = 100;

/** `:id` is the request's id or its number. */
@ApiTags('approvals')
@Controller(`${CUSTODY_API}/approvals`)
export class ApprovalsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly kinds: ApprovableKinds,
    private readonly directory: ApprovalDirectory,
    private readonly confidential: Confidential,
    private readonly roles: RolesHere,
    @Optional() private readonly names?: PeopleNames,
  ) {}

  @Post()
  @Requires('approval:request', about.actionOnModel)
  async request(@Caller() context: CommandContext, @Body() { kind, action, comment }: RequestApprovalRequest) {
    const asked = await this.kinds.requestable(kind).requested(context, action as JsonObject);
    const input = { kind, ...asked, ...(comment === undefined ? {} : { comment }) };
    return answerWire(await this.commands.execute(new RequestApproval(context, input)));
  }

  @Get()
  @Requires('approval:read', 'seen')
  async list(@Caller() context: CommandContext, @Query() request: ListApprovalsRequest) {
    const { state, subject, mine, max_results: limit = DEFAULT_PAGE, page_token: pageToken } = request;
    const [kind, ...id] = subject?.split(':') ?? [];
    const { actor, reach } = context;
    const roles = await this.roles.anywhere(context);
    const { approvals, nextPageToken } = await this.queries.execute(
      new ListApprovals({
        state,
        limit,
        pageToken,
        within: reach?.models,
        confidential: { kinds: await this.confidential.kindsNotFor(context), to: actor.id },
        ...(kind === undefined ? {} : { subject: { kind, ...(id.length > 0 ? { id: id.join(':') } : {}) } }),
        ...(mine === undefined ? {} : { mine: { what: mine, userId: actor.id, roles } }),
      }),
    );
    return withPeople({ approvals: approvals.map(listedWire), next_page_token: nextPageToken }, this.names);
  }

  @Get(':id')
  @Requires('approval:read', about.approvals('id'))
  async get(@Caller() context: CommandContext, @Param('id') id: string) {
    const view = await this.queries.execute(new GetApproval(context, await this.directory.idOf(id)));
    return withPeople(approvalWire(view), this.names);
  }

  @Post(':id/decisions')
  @HttpCode(200)
  @Requires('approval:decide', about.approvals('id'))
  async decide(@Caller() context: CommandContext, @Param('id') id: string, @Body() request: DecisionRequest) {
    const { decision, meaning, reason, digest, password, code, signing_ticket: ticket } = request;
    if (reason.trim() === '') throw errors.invalid('reason-required', 'a signature says why: give a reason', 'reason');
    const approvalId = await this.directory.idOf(id);
    const credentials = { password, code, ticket };
    const { signatureId, why, ...answer } = await this.commands.execute(
      new DecideApproval(context, { approvalId, decision, meaning, reason, digest, credentials }),
    );
    return { ...answerWire(answer), signature_id: signatureId, why };
  }

  @Post(':id/comments')
  @Requires('approval:comment', about.approvals('id'))
  async comment(@Caller() context: CommandContext, @Param('id') id: string, @Body() { comment }: CommentRequest) {
    const approvalId = await this.directory.idOf(id);
    return answerWire(await this.commands.execute(new CommentApproval(context, { approvalId, comment })));
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Requires('approval:request', about.approvals('id'))
  async withdraw(@Caller() caller: CommandContext, @Param('id') id: string, @Body() { reason }: WithdrawRequest) {
    const context = { ...caller, reason: reason ?? caller.reason };
    const approvalId = await this.directory.idOf(id);
    return answerWire(await this.commands.execute(new WithdrawApproval(context, { approvalId })));
  }
}

const answerWire = ({ approvalId, number, state, digest }: ApprovalAnswer) => ({
  approval_id: approvalId,
  number,
  state,
  digest,
});

const listedWire = ({ subject_kind, subject_id, requester, model_name: _, ...row }: ListedApproval) => ({
  ...row,
  subject: { kind: subject_kind, id: subject_id },
  requested_by: requester,
  requested_at: isoOf(row.requested_at),
  expires_at: row.overdue === undefined ? isoOf(row.expires_at) : undefined,
  closed_at: isoOf(row.closed_at),
});
