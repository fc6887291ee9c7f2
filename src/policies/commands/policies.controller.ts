import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CommandContext } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { checkPolicy } from '../document/check.js';
import { DryRuns } from '../dry-run/dry-run.js';
import { versionNumber } from '../requests.js';
import { askedWire, checkedWire, dryRunWire } from '../wire.js';
import { DraftPolicy, ProposePolicy, RetirePolicy } from './policies.commands.js';
import { CheckPolicyRequest, DraftPolicyRequest, ReasonRequest } from './policies.request.js';

@ApiTags('policies')
@Controller(`${CUSTODY_API}/policies`)
export class PoliciesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly dryRuns: DryRuns,
  ) {}

  /** Writes a new version down; the same text as the last one is that one. */
  @Post()
  @Requires('policy:write')
  draft(@Caller() caller: CommandContext, @Body() { source }: DraftPolicyRequest): Promise<object> {
    return this.commands.execute(new DraftPolicy(caller, source));
  }

  /** What is wrong with a text, or what it would have blocked. Writes nothing. */
  @Post('check')
  @HttpCode(200)
  @Requires('policy:read')
  async check(@Body() { source, transitions }: CheckPolicyRequest): Promise<object> {
    const checked = checkPolicy(source);
    if (!checked.ok || transitions === 0) return checkedWire(checked);
    return { ...checkedWire(checked), dry_run: dryRunWire(await this.dryRuns.run(checked.document, transitions)) };
  }

  /** Asks for the approval of a version. */
  @Post(':name/versions/:version/proposal')
  @Requires('policy:write')
  async propose(
    @Caller() caller: CommandContext,
    @Param('name') name: string,
    @Param('version') version: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<object> {
    const input = { name, version: versionNumber(version) };
    return askedWire(await this.commands.execute(new ProposePolicy({ ...caller, reason }, input)));
  }

  /** Asks that the policy be in force no more. */
  @Post(':name/retirement')
  @Requires('policy:write')
  async retire(
    @Caller() caller: CommandContext,
    @Param('name') name: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<object> {
    return askedWire(await this.commands.execute(new RetirePolicy({ ...caller, reason }, name)));
  }
}
