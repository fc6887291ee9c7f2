import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, UserId, uuidv7 } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { held, HOLDS_CHANGED, HoldCommand, holdsDecider, holdsOn, inForce } from './decide.js';
import { Hold, HoldScope, holdResource, HOLDS } from './events.js';
import { HeldModels } from './held-models.js';

const ATTEMPTS = 8;

/** The legal holds there are, from the log itself: one that was placed a moment ago counts, in every process. */
@Injectable()
export class LegalHolds {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly models: HeldModels,
    private readonly policy: AccessPolicy,
  ) {}

  async all(): Promise<readonly Hold[]> {
    return (await this.load()).all.toArray();
  }

  async inForce(): Promise<readonly Hold[]> {
    return inForce(await this.load());
  }

  async place(context: CommandContext, scope: HoldScope, reason: string): Promise<Hold> {
    const holdId = `lh-${uuidv7()}`;
    await this.decide(context, { type: 'place', holdId, scope, by: context.actor.id, reason });
    return { holdId, scope, placedBy: context.actor.id, reason };
  }

  async lift(context: CommandContext, holdId: string, reason: string): Promise<Hold> {
    const state = await this.decide(context, { type: 'lift', holdId, by: context.actor.id, reason });
    return state.all.find((hold) => hold.holdId === holdId)!;
  }

  /** @throws CustodyError kind `state` when somebody's data is held */
  async assertFree(userId: UserId): Promise<void> {
    const holds = await this.load();
    const found = holdsOn(holds, userId, await this.workedOn(inForce(holds), userId));
    if (found.length > 0) throw new CustodyError(held(found).refusal);
  }

  /** From here on no hold can come in between. @throws CustodyError kind `state` when one is there */
  async clear(context: CommandContext, userId: UserId, approvalId: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const holds = await this.load();
      const workedOn = await this.workedOn(inForce(holds), userId);
      const compared = holds.all.size;
      try {
        await this.decide(context, { type: 'clear', userId, approvalId, workedOn, compared });
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof CustodyError && error.code === HOLDS_CHANGED)) throw error;
      }
    }
  }

  private async workedOn(holds: readonly Hold[], userId: UserId): Promise<readonly string[]> {
    const ids = holds.flatMap(({ scope }) => (scope.kind === 'model' ? [scope.modelId] : []));
    const found: string[] = [];
    for (const id of new Set(ids)) if (await this.models.workedOn(id, userId)) found.push(id);
    return found;
  }

  private async load() {
    return (await this.decisions.load(holdsDecider, HOLDS)).state;
  }

  private async decide(context: CommandContext, command: HoldCommand) {
    try {
      return (await this.decisions.decide(holdsDecider, HOLDS, command, context)).state;
    } catch (error) {
      if (!(error instanceof CustodyError && error.kind === 'denied')) throw error;
      const { code, message } = error;
      const resource = holdResource('holdId' in command ? { holdId: command.holdId } : {});
      return this.policy.refuse(context, { action: 'hold:write', code, message, resource });
    }
  }
}
