import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CUSTODY_API, Requires } from '../../http/index.js';
import { Policies } from '../policy/policies.js';
import { versionNumber } from '../requests.js';
import { policyWire, versionWire, wholeVersionWire } from '../wire.js';

@ApiTags('policies')
@Controller(`${CUSTODY_API}/policies`)
export class ReadPoliciesController {
  constructor(private readonly policies: Policies) {}

  @Get()
  @Requires('policy:read')
  async list(): Promise<object> {
    return { policies: (await this.policies.all()).map(policyWire) };
  }

  @Get(':name')
  @Requires('policy:read')
  async show(@Param('name') name: string): Promise<object> {
    const policy = await this.policies.get(name);
    return { ...policyWire(policy), versions: policy.versions.map((each) => versionWire(each, policy)) };
  }

  @Get(':name/versions/:version')
  @Requires('policy:read')
  async version(@Param('name') name: string, @Param('version') version: string): Promise<object> {
    const policy = await this.policies.get(name);
    return wholeVersionWire(await this.policies.version(name, versionNumber(version)), policy);
  }
}
