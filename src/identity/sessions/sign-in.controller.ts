import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { toIso } from '../../core/index.js';
import { CUSTODY_API, Public, Strict } from '../../http/index.js';
import type { CustodyRequest } from '../../http/index.js';
import { SignIn } from './sign-in.js';

@Strict()
export class SignInRequest {
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  readonly login!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  readonly password!: string;

  /** The one-time code of an account with a second factor, or one of its recovery codes. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly code?: string;
}

@ApiTags('accounts')
@Controller(`${CUSTODY_API}/sessions`)
export class SignInController {
  constructor(private readonly signIns: SignIn) {}

  /** With login and password; the answer sets the cookie of a new session. */
  @Post()
  @Public()
  async signIn(
    @Body() body: SignInRequest,
    @Req() request: CustodyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { userId, sessionId, csrfToken, expiresAt, changeFirst, enrolFirst } = await this.signIns.withPassword(
      body,
      request,
      reply,
    );
    return {
      session_id: sessionId,
      user_id: userId,
      csrf_token: csrfToken,
      expires_at: toIso(expiresAt),
      must_change_password: changeFirst !== undefined,
      must_enrol_second_factor: enrolFirst === true,
    };
  }
}
