import type { CommandContext, ResourceRef } from '../core/index.js';
import type { CustodyRequest } from './caller.js';
import type { Action } from './permissions.js';
import type { Target } from './targets.js';

/** A refusal that is about who asks: what was asked for, the stable code, and the words of the answer. */
export interface Denied {
  readonly action: Action;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly resource: ResourceRef;
}

export interface Asked {
  /** Says the same as the resource for those whose roles hold for some names only; without it they may not. */
  readonly target?: Target;
  /** What the right is needed for, where the route does not tell: the beginning of the answer. */
  readonly why?: string;
}

/**
 * For rights that depend on more than the route: on what a command is about to change. `identity` owns
 * the answer, and it alone throws denials, so that each is in the trail before it is answered.
 */
export abstract class AccessPolicy {
  /**
   * @throws CustodyError kind `denied` when the context's actor may not do this to the resource
   */
  abstract assert(context: CommandContext, action: Action, resource: ResourceRef, more?: Asked): Promise<void>;

  /** The same as a question, whose answer is no denial: for what a list leaves out. */
  abstract may(context: CommandContext, action: Action): Promise<boolean>;

  /** For what no role is enough for. @throws CustodyError kind `denied`, always */
  abstract refuse(context: CommandContext, denied: Denied): Promise<never>;

  /** On a public route, where nobody is known. @throws CustodyError kind `denied`, always */
  abstract refuseUnknown(request: CustodyRequest, denied: Denied): Promise<never>;
}
