import type { CommandContext, ResourceRef } from '../core/index.js';
import type { Action } from './permissions.js';
import type { Target } from './targets.js';

/**
 * For rights that depend on more than the route: on what a command is about to change. `identity` owns
 * the answer, and records a denial like any other.
 */
export abstract class AccessPolicy {
  /**
   * `target` says the same as `resource` for those whose roles hold for some names only; without it they may not.
   * @throws CustodyError kind `denied` when the context's actor may not do this to the resource
   */
  abstract assert(context: CommandContext, action: Action, resource: ResourceRef, target?: Target): Promise<void>;
}
