import { Body, Controller, Delete, Get, HttpCode, Param, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { errors, PersonalData, Sealed, toIso } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../http/index.js';
import type { CustodyRequest } from '../../http/index.js';
import { WithOneTimePassword } from '../access/one-time-password.js';
import { ReasonRequest } from '../commands/reason.request.js';
import { withReason } from '../commands/with-reason.js';
import { userIdOf } from '../user/user-id.js';
import { ListSessions, RevokeSession } from './sessions.commands.js';
import { ListedSession, Sessions } from './sessions.js';

@Strict()
export class ListSessionsRequest {
  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly user_id?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/sessions`)
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly personal: PersonalData,
  ) {}

  @Get()
  @Requires('self:read')
  async list(
    @Caller() context: CommandContext,
    @Req() request: CustodyRequest,
    @Query() { user_id }: ListSessionsRequest,
  ) {
    const userId = user_id === undefined ? context.actor.id : userIdOf(user_id);
    const sessions = await this.queries.execute(new ListSessions(context, { userId }));
    const mine = userId === context.actor.id;
    const current = context.actor.via === 'session' ? this.sessions.current(request)?.sessionId : undefined;
    return {
      sessions: sessions.map((session) => ({
        ...wire(session),
        current: session.sessionId === current,
        // Where somebody signs in from is for their own eyes.
        ...(mine && session.client ? { client: this.clientOf(session.client) } : {}),
      })),
    };
  }

  /** Also for a page that was loaded anew and needs its token against forged requests again. */
  @Get('current')
  @Requires('self:read')
  @WithOneTimePassword()
  async current(@Caller() context: CommandContext, @Req() request: CustodyRequest) {
    const { sessionId } = this.own(context, request);
    const sessions = await this.queries.execute(new ListSessions(context, {}));
    const session = sessions.find((each) => each.sessionId === sessionId);
    if (!session) throw noSession();
    return { ...wire(session), user_id: context.actor.id, csrf_token: this.sessions.csrfToken(sessionId) };
  }

  @Delete('current')
  @HttpCode(200)
  @Requires('self:write')
  @WithOneTimePassword()
  async signOut(
    @Caller() context: CommandContext,
    @Req() request: CustodyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const session = this.own(context, request);
    await this.sessions.end(session, 'signed-out', context);
    this.sessions.forgetCookie(reply);
    return { session_id: session.sessionId, signed_out: true };
  }

  @Delete(':id')
  @HttpCode(200)
  @Requires('self:write')
  async revoke(@Caller() context: CommandContext, @Param('id') sessionId: string, @Body() body?: ReasonRequest) {
    await this.commands.execute(new RevokeSession(withReason(context, body?.reason), { sessionId }));
    return { session_id: sessionId, revoked: true };
  }

  private own({ actor }: CommandContext, request: CustodyRequest) {
    const stored = actor.via === 'session' ? this.sessions.current(request) : undefined;
    if (!stored) throw noSession();
    return stored;
  }

  private clientOf(sealed: Sealed): { readonly ip?: string; readonly user_agent?: string } | undefined {
    const plain = this.personal.unseal(sealed);
    if (plain === undefined) return undefined;
    const { ip, userAgent } = JSON.parse(plain) as { readonly ip?: string; readonly userAgent?: string };
    return { ip, user_agent: userAgent };
  }
}

const noSession = () => errors.notFound('session-not-found', 'this request came without a session');

const wire = ({ sessionId, how, startedAt, expiresAt, lastUsedAt }: ListedSession) => ({
  session_id: sessionId,
  how,
  started_at: toIso(startedAt),
  expires_at: toIso(expiresAt),
  last_used_at: toIso(lastUsedAt),
});
