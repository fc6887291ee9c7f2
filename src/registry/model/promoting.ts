import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, ResourceRef } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { IN_PRODUCTION } from './decide-alias.js';
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

  /**
   * What deployments load is not deleted by anybody. Who may not take it out of there either has tried what they
   * may not do: they are denied it, which is recorded, and told who can help.
   */
  async deleting<T>(
    context: CommandContext,
    resource: ResourceRef,
    name: string,
    decide: () => Promise<T>,
  ): Promise<T> {
    try {
      return await decide();
    } catch (error) {
      if (error instanceof CustodyError && error.code === IN_PRODUCTION)
        await this.assert(context, resource, name, error.message);
      throw error;
    }
  }

  /** @throws CustodyError kind `denied`, which is recorded */
  assert(context: CommandContext, resource: ResourceRef, name: string, why?: string): Promise<void> {
    const target = { kind: 'model', name } as const;
    return this.access.assert(context, 'model:promote', resource, { target, ...(why === undefined ? {} : { why }) });
  }
}
