import { Controller, Get, Header, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { errors } from '../../core/index.js';
import { Requires } from '../../http/index.js';
import { baseOf } from './base.js';
import { resourceTypesAt, schemasAt, serviceProviderConfigAt } from './wire/describe.js';
import { SCIM_API, SCIM_JSON } from './wire/problem.js';

/** RFC 7644 §4: what this server can do, for those who may use it. */
@ApiTags('provisioning (SCIM)')
@Controller(SCIM_API)
export class ScimDiscoveryController {
  @Get('ServiceProviderConfig')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  config(@Req() request: FastifyRequest) {
    return serviceProviderConfigAt(baseOf(request));
  }

  @Get('Schemas')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  schemas(@Req() request: FastifyRequest, @Query('filter') filter?: unknown) {
    return list(schemasAt(baseOf(request)), filter);
  }

  @Get('Schemas/:id')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  schema(@Req() request: FastifyRequest, @Param('id') id: string) {
    return one(schemasAt(baseOf(request)), id);
  }

  @Get('ResourceTypes')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  resourceTypes(@Req() request: FastifyRequest, @Query('filter') filter?: unknown) {
    return list(resourceTypesAt(baseOf(request)), filter);
  }

  @Get('ResourceTypes/:id')
  @Header('content-type', SCIM_JSON)
  @Requires('user:provision')
  resourceType(@Req() request: FastifyRequest, @Param('id') id: string) {
    return one(resourceTypesAt(baseOf(request)), id);
  }
}

/** RFC 7644 §4 has 403 for a filter here; a 403 of ours is a denial that is recorded, which this is not. */
function list(all: readonly object[], filter: unknown) {
  if (filter !== undefined) throw errors.invalid('scim-filter', 'this list takes no filter', 'filter');
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: all.length,
    startIndex: 1,
    itemsPerPage: all.length,
    Resources: all,
  };
}

function one<T extends { readonly id: string }>(all: readonly T[], id: string): T {
  const found = all.find((each) => each.id.toLowerCase() === id.toLowerCase());
  if (!found) throw errors.notFound('scim-not-found', 'there is no such schema or type');
  return found;
}
