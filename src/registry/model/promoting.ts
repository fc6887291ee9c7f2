import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, ResourceRef } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { PROMOTION_REQUIRED } from './decide-stage.js';

/**
 * Whether production is touched is certain only inside a decision, so that is where the right is missed;
 * it is then asked for, and the decision taken again.
 */
@Injectable()
export class Promoting {
  constructor(private readonly access: AccessPolicy) {}

  async decide<T>(
    context: CommandContext,
    resource: ResourceRef,
    name: string,
    decide: (mayPromote: boolean) => Promise<T>,
  ): Promise<T> {
    try {
      return await decide(false);
    } catch (error) {
      if (!(error instanceof CustodyError && error.code === PROMOTION_REQUIRED)) throw error;
      await this.assert(context, resource, name);
      return decide(true);
    }
  }

  /** @throws CustodyError kind `denied`, which is recorded */
  assert(context: CommandContext, resource: ResourceRef, name: string): Promise<void> {
    return this.access.assert(context, 'model:promote', resource, { kind: 'model', name });
  }
}
