import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { errors } from '../../../core/index.js';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Public, Requires } from '../../../http/index.js';
import type { CustodyRequest } from '../../../http/index.js';
import { Sessions } from '../../sessions/sessions.js';
import { BrowserSignIn } from './browser-sign-in.js';
import { returnTo } from './return-to.js';

export class BeginSignInRequest {
  /** A path of this server to go to afterwards. */
  @IsOptional()
  @IsString()
  readonly return_to?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/oidc`)
export class BrowserSignInController {
  constructor(
    private readonly signIn: BrowserSignIn,
    private readonly sessions: Sessions,
  ) {}

  /** Sends the browser to the OpenID provider. */
  @Get('login')
  @Public()
  async login(@Query() { return_to }: BeginSignInRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const url = await this.signIn.begin(returnTo(return_to), reply);
    void reply.status(302).header('location', url);
  }

  /** Where the provider sends it back to. */
  @Get('callback')
  @Public()
  async callback(@Req() request: CustodyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const path = await this.signIn.finish(request, reply);
    void reply.type('text/html; charset=utf-8').headers(PAGE_HEADERS);
    return page(path);
  }

  /** Ends the session here; `logout_url` is where the browser ends the one at the provider. */
  @Post('logout')
  @HttpCode(200)
  @Requires('self:write')
  async logout(
    @Caller() context: CommandContext,
    @Req() request: CustodyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const session = context.actor.via === 'session' ? this.sessions.current(request) : undefined;
    if (!session) throw errors.notFound('session-not-found', 'this request came without a session');
    await this.sessions.end(session, 'signed-out', context);
    this.sessions.forgetCookie(reply);
    return { session_id: session.sessionId, signed_out: true, logout_url: await this.signIn.logoutUrl() };
  }
}

/** The address of the page holds the code, which is used up but nobody's business. */
const PAGE_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

/**
 * A page that goes on by itself, not a redirect: what follows from another site's redirect comes without the
 * session's cookie (`SameSite=Strict`), so the first thing that a person saw would be that they are not signed in.
 */
function page(path: string): string {
  const to = path.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${to}"><title>Signed in</title><a href="${to}">Go on</a>\n`;
}
