import { Inject, Injectable } from '@nestjs/common';
import { ModelId, UserId } from '../core/index.js';
import { type Ledger, LEDGER } from '../ledger/index.js';
import { HeldModels } from '../records/index.js';
import { Models, modelStream } from '../registry/index.js';

const PAGE = 1000;

/** The port of legal holds, filled by the registry and each model's own stream. */
@Injectable()
export class ModelsOnHold extends HeldModels {
  constructor(
    private readonly models: Models,
    @Inject(LEDGER) private readonly ledger: Ledger,
  ) {
    super();
  }

  idOf(name: string): Promise<string> {
    return this.models.find(name);
  }

  async workedOn(modelId: string, userId: UserId): Promise<boolean> {
    for (let from = 0; ; from += PAGE) {
      const events = await this.ledger.read(modelStream(modelId as ModelId), { from, limit: PAGE });
      if (events.some(({ actor }) => actor.id === userId || actor.onBehalfOf === userId)) return true;
      if (events.length < PAGE) return false;
    }
  }
}
