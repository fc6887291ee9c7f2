import { Body, Controller, Delete, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  ApprovableKinds,
  Approvals,
  DecideApproval,
  Dossier,
  GetApproval,
  RequestApproval,
  WithdrawApproval,
} from '../../approvals/index.js';
import { errors, microsToMillis } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { about, AccessPolicy, Caller, MLFLOW, Requires } from '../../http/index.js';
import { MODEL_VERSION } from '../approval/actions.js';
import { versionResource } from '../model/catalogue.js';
import { versionNumber } from '../rules.js';
import { stageOf } from '../stage.js';
import { activityWire } from './activity.js';
import { Logins } from './logins.js';
import { shownCredentials } from './shown-credentials.js';
import {
  CreateTransitionRequest,
  DecideTransitionRequest,
  DeleteTransitionRequest,
  TransitionRequestsRequest,
} from './transition-requests.request.js';
import { StageRequest, TransitionRequests } from './transition-requests.js';

const WAYS =
  'send this request with HTTP Basic (login and password), or sign at POST /api/v1/approvals/{id}/decisions with password, code or signing ticket';

/** Requests for stages with the paths and fields of Databricks' registry, over the same approvals as all others. */
@ApiTags('registry')
@Controller(MLFLOW)
export class TransitionRequestsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly kinds: ApprovableKinds,
    private readonly approvals: Approvals,
    private readonly requests: TransitionRequests,
    private readonly access: AccessPolicy,
    private readonly logins: Logins,
  ) {}

  /** Existing versions of the stage are archived, unless it says otherwise: approvers see which. */
  @Post('transition-requests/create')
  @HttpCode(200)
  @Requires('approval:request', about.models('name'))
  async create(@Caller() context: CommandContext, @Body() request: CreateTransitionRequest): Promise<object> {
    const { name, stage, comment, archive_existing_versions: given } = request;
    const to = stageOf(stage);
    const archives = given ?? (to === 'Staging' || to === 'Production');
    const version = versionNumber(request.version);
    const action = { type: 'stage', name, version, stage: to, archive_existing_versions: archives };
    const asked = await this.kinds.requestable(MODEL_VERSION).requested(context, action);
    const input = { kind: MODEL_VERSION, ...asked, ...(comment === undefined ? {} : { comment }) };
    const { approvalId } = await this.commands.execute(new RequestApproval(context, input));
    const { requester } = await this.approvals.get(approvalId);
    return {
      request: {
        id: approvalId,
        user_id: requester,
        to_stage: to,
        creation_timestamp: microsToMillis(context.now),
        last_updated_timestamp: microsToMillis(context.now),
        ...(comment === undefined ? {} : { comment }),
        available_actions: ['CANCEL_TRANSITION_REQUEST'],
      },
    };
  }

  @Get('transition-requests/list')
  @Requires('approval:read', about.models('name'))
  async list(@Caller() context: CommandContext, @Query() request: TransitionRequestsRequest): Promise<object> {
    const open = await this.requests.open(request.name, versionNumber(request.version));
    return { requests: await Promise.all(open.map((each) => this.shown(context, each))) };
  }

  @Post('transition-requests/approve')
  @HttpCode(200)
  @Requires('approval:decide', about.models('name'))
  async approve(
    @Caller() context: CommandContext,
    @Req() http: FastifyRequest,
    @Body() request: DecideTransitionRequest,
  ): Promise<object> {
    return this.decide('approve', context, http, request);
  }

  @Post('transition-requests/reject')
  @HttpCode(200)
  @Requires('approval:decide', about.models('name'))
  async reject(
    @Caller() context: CommandContext,
    @Req() http: FastifyRequest,
    @Body() request: DecideTransitionRequest,
  ): Promise<object> {
    return this.decide('reject', context, http, request);
  }

  /** Only whoever asked for it takes it back. */
  @Delete('transition-requests/delete')
  @Requires('approval:request', about.models('name'))
  async remove(@Caller() caller: CommandContext, @Query() request: DeleteTransitionRequest): Promise<object> {
    const { name, creator, comment } = request;
    const stage = stageOf(request.stage);
    const creatorId = (await this.logins.idOf(creator)) ?? creator;
    const { approval } = await this.requests.one(
      { name, version: versionNumber(request.version), stage },
      (each) => each.approval.requester === creatorId,
    );
    const { approvalId } = approval;
    const context = { ...caller, reason: comment ?? caller.reason };
    await this.commands.execute(new WithdrawApproval(context, { approvalId }));
    const { actor, now: at } = context;
    const of = { id: approvalId, type: 'CANCELLED_REQUEST', by: actor.id, at, to: stage } as const;
    return { activity: activityWire({ ...of, ...(comment === undefined ? {} : { comment }) }) };
  }

  private async decide(
    decision: 'approve' | 'reject',
    context: CommandContext,
    http: FastifyRequest,
    request: DecideTransitionRequest,
  ): Promise<object> {
    const { name, comment: reason = '', code, archive_existing_versions: archives } = request;
    const to = stageOf(request.stage);
    const { approval, action } = await this.requests.one({ name, version: versionNumber(request.version), stage: to });
    if (decision === 'approve' && archives !== undefined && archives !== action.archiveExisting)
      throw errors.state(
        'transition-request-differs',
        `request ${approval.number} asks for archive_existing_versions=${action.archiveExisting}: what is approved is what was asked for`,
        'archive_existing_versions',
      );
    const credentials = shownCredentials(http, context, code);
    if (!credentials) return this.refuse(context, { approval, action });
    if (reason.trim() === '')
      throw errors.invalid('reason-required', 'a signature says why: give a comment', 'comment');
    const { approvalId } = approval;
    const digest = await this.digest(context, approvalId);
    const meaning = decision === 'approve' ? ('approved' as const) : ('rejected' as const);
    const signing = { approvalId, decision, meaning, reason, digest, credentials };
    const { signatureId } = await this.commands.execute(new DecideApproval(context, signing));
    const type = decision === 'approve' ? ('APPROVED_REQUEST' as const) : ('REJECTED_REQUEST' as const);
    const { actor, now: at } = context;
    return { activity: activityWire({ id: signatureId, type, by: actor.id, at, to, comment: reason }) };
  }

  /**
   * These calls show nobody a dossier, so they sign that one only which the request was made with. Whatever came
   * after it has to be looked at, whoever caused it to be noted and however often it was asked for again.
   */
  private async digest(context: CommandContext, approvalId: string): Promise<string> {
    const { approval, events } = await this.queries.execute(new GetApproval(context, approvalId));
    const { digest } = events[0]!.data['dossier'] as unknown as Dossier;
    if (approval.dossier.digest === digest) return digest;
    throw errors.conflict(
      'dossier-changed',
      `what request ${approval.number} is about has changed since it was made: look at it under /api/v1/approvals/${approvalId} and sign there`,
    );
  }

  private refuse(context: CommandContext, { approval, action }: StageRequest): Promise<never> {
    return this.access.refuse(context, {
      action: 'approval:decide',
      code: 'signature-needs-password',
      message: `a decision is signed with the password again, and a token or a session is none: ${WAYS.replace('{id}', approval.approvalId)}`,
      resource: versionResource(action),
    });
  }

  private async shown(context: CommandContext, { approval, action }: StageRequest): Promise<object> {
    const { events, refusal } = await this.queries.execute(new GetApproval(context, approval.approvalId));
    const { data, recordedAt: at } = events[0]!;
    const { approvalId: id, requester: by } = approval;
    const comment = typeof data['comment'] === 'string' ? { comment: data['comment'] } : {};
    const actions = [
      ...(refusal === undefined ? ['APPROVE_TRANSITION_REQUEST', 'REJECT_TRANSITION_REQUEST'] : []),
      ...(by === context.actor.id ? ['CANCEL_TRANSITION_REQUEST'] : []),
    ];
    const activity = activityWire({ id, type: 'REQUESTED_TRANSITION', by, at, to: action.stage, ...comment });
    return { ...activity, available_actions: actions };
  }
}
