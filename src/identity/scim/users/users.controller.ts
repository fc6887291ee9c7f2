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
import type { CommandContext } from '../../../core/index.js';
import { Caller, Requires } from '../../../http/index.js';
import { userIdOf } from '../../user/user-id.js';
import { baseOf } from '../base.js';
import { GroupRoles } from '../groups/group-roles.js';
import { provisioned } from '../provisioning.js';
import { USER } from '../wire/attributes.js';
import { parseFilter } from '../wire/filter.js';
import { Resource } from '../wire/matches.js';
import { patched } from '../wire/patch.js';
import { SCIM_API, SCIM_JSON } from '../wire/problem.js';
import { readAttributes, readResource } from '../wire/read.js';
import type { Asked } from '../wire/shown.js';
import { listed, shown } from '../wire/shown.js';
import { PeopleRead } from './people-read.js';
import { Person, userResource } from './person.js';
import { ScimUsers } from './scim-users.js';

@ApiTags('provisioning (SCIM)')
@Controller(`${SCIM_API}/Users`)
export class ScimUsersController {
  constructor(
    private readonly users: ScimUsers,
    private readonly people: PeopleRead,
    private readonly groups: GroupRoles,
  ) {}

  @Get()
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async list(@Req() request: FastifyRequest, @Query() asked: Asked) {
    const { groups } = await this.groups.all();
    const base = baseOf(request);
    const people = await this.people.all(loginIn(asked));
    const resources = people.map((person) => {
      const of = [...groups].filter(([, { members }]) => members.has(person.userId));
      return userResource(person, of, base);
    });
    return listed(resources, asked, USER);
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
    const person = await this.users.create(readResource(body, USER), provisioned(context));
    const resource = await this.resource(person, base);
    void reply.header('location', (resource['meta'] as { location: string }).location);
    return shown(resource, asked, USER);
  }

  @Get(':id')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async get(@Req() request: FastifyRequest, @Param('id') id: string, @Query() asked: Asked) {
    return shown(await this.resource(await this.people.byId(userIdOf(id)), baseOf(request)), asked, USER);
  }

  @Put(':id')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async replace(
    @Caller() context: CommandContext,
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Query() asked: Asked,
    @Body() body: unknown,
  ) {
    const base = baseOf(request);
    const resource = readResource(body, USER);
    const person = await this.users.change(userIdOf(id), () => resource, provisioned(context));
    return shown(await this.resource(person, base), asked, USER);
  }

  @Patch(':id')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  async patch(
    @Caller() context: CommandContext,
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Query() asked: Asked,
    @Body() body: unknown,
  ) {
    const base = baseOf(request);
    // No patch is about groups, which only their own resources change.
    const to = (before: Person) => readAttributes(patched(userResource(before, [], base), body, USER), USER);
    const person = await this.users.change(userIdOf(id), to, provisioned(context));
    return shown(await this.resource(person, base), asked, USER);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('user:provision')
  async remove(@Caller() context: CommandContext, @Param('id') id: string): Promise<void> {
    await this.users.remove(userIdOf(id), provisioned(context));
  }

  private async resource(person: Person, base: string): Promise<Resource> {
    return userResource(person, await this.groups.of(person.userId), base);
  }
}

/** What directories ask before every change: whether there is somebody of this login. It needs not everybody's data. */
function loginIn({ filter }: Asked): string | undefined {
  if (typeof filter !== 'string' || filter === '') return undefined;
  const parsed = parseFilter(filter, USER);
  const isLogin = parsed.kind === 'compare' && parsed.operator === 'eq' && parsed.path.attribute.name === 'userName';
  return isLogin && typeof parsed.literal === 'string' ? parsed.literal : undefined;
}
