import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { MEANINGS } from '../../../approvals/index.js';
import type { Meaning } from '../../../approvals/index.js';
import type { CommandContext } from '../../../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../../../http/index.js';
import { BrowserSignIn } from '../../oidc/browser/browser-sign-in.js';
import { returnTo } from '../../oidc/browser/return-to.js';
import { Signatories } from '../signatories.js';
import { checkedMatter } from '../well-formed.js';

@Strict()
export class SignAtProviderRequest {
  @IsIn(MEANINGS, { message: `meaning is one of ${MEANINGS.join(', ')}` })
  readonly meaning!: Meaning;

  @IsString()
  readonly subject_kind!: string;

  @IsString()
  readonly subject_id!: string;

  /** Of the dossier that was shown. */
  @IsString()
  readonly digest!: string;

  /** A path of this server to go to afterwards. */
  @IsOptional()
  @IsString()
  readonly return_to?: string;
}

@ApiTags('signatures')
@Controller(`${CUSTODY_API}/signing`)
export class SigningController {
  constructor(
    private readonly signIn: BrowserSignIn,
    private readonly signatories: Signatories,
  ) {}

  /**
   * Sends the browser to the OpenID provider to sign in anew. It comes back to `return_to` with
   * `#signing_ticket=…`, which within a minute signs once, and nothing but what was named here.
   */
  @Get('oidc')
  @Requires('self:write')
  async begin(
    @Caller() context: CommandContext,
    @Query() { meaning, subject_kind, subject_id, digest, return_to }: SignAtProviderRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const matter = checkedMatter({ meaning, subject: { kind: subject_kind, id: subject_id }, digest });
    const back = returnTo(return_to);
    const { userId } = await this.signatories.of(context, matter);
    void reply.status(302).header('location', await this.signIn.begin(back, reply, { userId, matter }));
  }
}
