import { Controller, Get, Optional, Param, Query as Params } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { PeopleNames, withPeople } from '../../approvals/index.js';
import { type CommandContext, errors } from '../../core/index.js';
import { about, Caller, CUSTODY_API, Requires, Strict } from '../../http/index.js';
import { ModelReader } from '../../registry/index.js';
import { Evaluation } from '../evaluation/events.js';
import { Judgement, PublishedPolicies } from '../published-policies.js';
import { versionNumber } from '../requests.js';

const STAGES = ['None', 'Staging', 'Production', 'Archived'];

@Strict()
export class GatesRequest {
  @IsOptional()
  @Transform(
    ({ value }: { value: unknown }) =>
      STAGES.find((stage) => stage.toLowerCase() === String(value).toLowerCase()) ?? value,
  )
  @IsIn(STAGES, { message: `must be one of ${STAGES.join(', ')}` })
  stage?: string;

  @IsOptional()
  @IsString({ message: 'must be a string' })
  @Length(1, 255, { message: 'must have 1 to 255 characters' })
  alias?: string;
}

@ApiTags('policies')
@Controller(`${CUSTODY_API}/models`)
export class GatesController {
  constructor(
    private readonly policies: PublishedPolicies,
    private readonly models: ModelReader,
    @Optional() private readonly names?: PeopleNames,
  ) {}

  /** What is still missing before the version may move there, gate by gate, and who will have to approve. */
  @Get(':name/versions/:version/gates')
  @Requires('model:read', about.models('name'))
  async gates(
    @Caller() caller: CommandContext,
    @Param('name') name: string,
    @Param('version') version: string,
    @Params() { stage, alias }: GatesRequest,
  ): Promise<object> {
    if (stage !== undefined && alias !== undefined)
      throw errors.invalid('invalid-parameter', 'ask for a stage or for an alias, not for both', 'alias');
    const found = await this.models.resolve(name, { version: versionNumber(version) }, 'version');
    const to = alias ?? stage ?? 'Production';
    const action = { type: alias === undefined ? ('stage' as const) : ('alias' as const), to };
    const { modelId } = found;
    const judgement = await this.policies.judge(
      caller,
      { ...action, modelId, name, version: found.version },
      'explanation',
    );
    return withPeople({ model: name, version: String(found.version), ...action, ...explained(judgement) }, this.names);
  }
}

function explained(judgement: Judgement | undefined): object {
  if (!judgement) return { governed: false, passed: true, policies: [], gates: [], missing: [] };
  const { evaluations, rules } = judgement;
  const gates = evaluations.flatMap(gatesOf);
  return {
    governed: true,
    passed: evaluations.every(({ passed }) => passed),
    policies: evaluations.map(({ policy }) => policy),
    gates,
    missing: gates.filter(({ passed }) => !passed).map(({ why }) => why),
    approvals: {
      order: rules.order,
      steps: rules.steps,
      expires_after_hours: rules.expiresAfterHours,
      excluded: rules.excluded.map(({ userId, why }) => ({ user_id: userId, why })),
    },
  };
}

const gatesOf = ({ policy, gates }: Evaluation) => gates.map((gate) => ({ policy: policy.name, ...gate }));
