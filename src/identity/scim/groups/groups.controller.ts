import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { uuidv7 } from '../../../core/index.js';
import type { CommandContext } from '../../../core/index.js';
import { Caller, Requires } from '../../../http/index.js';
import { baseOf } from '../base.js';
import { provisioned } from '../provisioning.js';
import { GROUP } from '../wire/attributes.js';
import { patched } from '../wire/patch.js';
import { orRefusal, SCIM_API, SCIM_JSON } from '../wire/problem.js';
import { readAttributes, readResource } from '../wire/read.js';
import type { Asked } from '../wire/shown.js';
import { listed, shown } from '../wire/shown.js';
import type { ChangeOfGroup } from './decide.js';
import { groupAsSent, groupResource } from './group-resource.js';
import { GroupRoles } from './group-roles.js';

@ApiTags('provisioning (SCIM)')
@Controller(`${SCIM_API}/Groups`)
export class ScimGroupsController {
  constructor(private readonly groups: GroupRoles) {}

  @Get()
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async list(@Req() request: FastifyRequest, @Query() asked: Asked) {
    const { groups } = await this.groups.all();
    const byCreation = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    const resources = byCreation.map(([id, group]) => groupResource(id, group, baseOf(request)));
    return listed(resources, asked, GROUP);
  }

  @Post()
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async create(
    @Caller() context: CommandContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() asked: Asked,
    @Body() body: unknown,
  ) {
    const base = baseOf(request);
    const groupId = `grp-${uuidv7()}`;
    const sent = { groupId, ...groupAsSent(readResource(body, GROUP)), now: context.now };
    await this.groups.decide({ type: 'CreateGroup', ...sent }, provisioned(context));
    const resource = await this.resource(groupId, base);
    void reply.header('location', (resource['meta'] as { location: string }).location);
    return shown(resource, asked, GROUP);
  }

  @Get(':id')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async get(@Req() request: FastifyRequest, @Param('id') id: string, @Query() asked: Asked) {
    return shown(await this.resource(id, baseOf(request)), asked, GROUP);
  }

  @Put(':id')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async replace(
    @Caller() context: CommandContext,
    @Req() request: FastifyRequest,
    @Param('id') groupId: string,
    @Query() asked: Asked,
    @Body() body: unknown,
  ) {
    const base = baseOf(request);
    const sent = { groupId, ...groupAsSent(readResource(body, GROUP)), now: context.now };
    await this.groups.decide({ type: 'ReplaceGroup', ...sent }, provisioned(context));
    return shown(await this.resource(groupId, base), asked, GROUP);
  }

  @Patch(':id')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async patch(
    @Caller() context: CommandContext,
    @Req() request: FastifyRequest,
    @Param('id') groupId: string,
    @Query() asked: Asked,
    @Body() body: unknown,
  ) {
    const base = baseOf(request);
    const change: ChangeOfGroup = (group) =>
      orRefusal(() => groupAsSent(readAttributes(patched(groupResource(groupId, group, base), body, GROUP), GROUP)));
    await this.groups.decide({ type: 'ChangeGroup', groupId, change, now: context.now }, provisioned(context));
    return shown(await this.resource(groupId, base), asked, GROUP);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('user:provision')
  async remove(@Caller() context: CommandContext, @Param('id') groupId: string): Promise<void> {
    await this.groups.decide({ type: 'DeleteGroup', groupId }, provisioned(context));
  }

  private async resource(groupId: string, base: string) {
    return groupResource(groupId, await this.groups.byId(groupId), base);
  }
}
