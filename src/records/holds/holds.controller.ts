import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { errors } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { Hold, HoldScope } from './events.js';
import { HeldModels } from './held-models.js';
import { LiftHoldRequest, PlaceHoldRequest } from './holds.request.js';
import { LegalHolds } from './legal-holds.js';
import { HoldablePeople } from './people.js';

@ApiTags('records')
@Controller(`${CUSTODY_API}/legal-holds`)
export class HoldsController {
  constructor(
    private readonly holds: LegalHolds,
    private readonly models: HeldModels,
    private readonly people: HoldablePeople,
  ) {}

  /** All that there ever were. */
  @Get()
  @Requires('hold:read')
  async list(): Promise<object> {
    return { legal_holds: (await this.holds.all()).map(holdWire) };
  }

  @Post()
  @Requires('hold:write')
  async place(@Caller() caller: CommandContext, @Body() request: PlaceHoldRequest): Promise<object> {
    const { reason } = request;
    return holdWire(await this.holds.place({ ...caller, reason }, await this.scopeOf(request), reason));
  }

  @Post(':id/lift')
  @HttpCode(200)
  @Requires('hold:write')
  async lift(
    @Caller() caller: CommandContext,
    @Param('id') id: string,
    @Body() { reason }: LiftHoldRequest,
  ): Promise<object> {
    return holdWire(await this.holds.lift({ ...caller, reason }, id, reason));
  }

  private async scopeOf({ user_id, model, everything }: PlaceHoldRequest): Promise<HoldScope> {
    const given = [user_id, model, everything].filter((each) => each !== undefined);
    if (given.length !== 1 || everything === false)
      throw errors.invalid('scope-unclear', 'give exactly one of user_id, model, and everything: true', 'user_id');
    if (user_id !== undefined) return { kind: 'person', userId: await this.people.get(user_id) };
    if (model !== undefined) return { kind: 'model', modelId: await this.models.idOf(model), name: model };
    if (everything !== true) throw errors.invalid('scope-unclear', 'everything is true or left out', 'everything');
    return { kind: 'everything' };
  }
}

const holdWire = ({ holdId, scope, placedBy, reason, lifted }: Hold) => ({
  hold_id: holdId,
  scope: scope.kind,
  ...(scope.kind === 'person' ? { user_id: scope.userId } : {}),
  ...(scope.kind === 'model' ? { model: scope.name, model_id: scope.modelId } : {}),
  state: lifted ? 'lifted' : 'in-force',
  placed_by: placedBy,
  reason,
  lifted_by: lifted?.by,
  lifted_because: lifted?.reason,
});
