import { ApprovalRules } from '../../approvals/index.js';
import { CommandContext, ModelId } from '../../core/index.js';

export interface Promotion {
  readonly type: 'stage' | 'alias' | 'delete-alias';
  readonly modelId: ModelId;
  readonly name: string;
  readonly version?: number;
  /** The stage or the alias. */
  readonly to?: string;
}

export interface Gate {
  readonly gate: string;
  readonly passed: boolean;
  readonly why: string;
}

export interface PromotionRule {
  readonly rules: ApprovalRules;
  /** All must pass when the request is made and when it is carried out. */
  readonly gates: readonly Gate[];
}

/** Somebody depends on the answer, or only looks at it. */
export type Purpose = 'decision' | 'explanation';

/** A model, or one that is about to be made; and one of its versions, if it has any. */
export type Governed = Pick<Promotion, 'name' | 'version'> & Partial<Pick<Promotion, 'modelId'>>;

/** Whether a promotion needs approval, and whose. Filled by whoever knows the rules that are in force. */
export abstract class PromotionRules {
  /**
   * Undefined: no policy is in force for that; the right to promote is enough, as ever. Otherwise rules and the
   * gates that were evaluated (recorded by whoever evaluates them).
   */
  abstract of(context: CommandContext, action: Promotion, purpose?: Purpose): Promise<PromotionRule | undefined>;

  /** Whether approvals are in force for the model at all; where nothing else is said, whether its way to Production needs one. */
  async governs(context: CommandContext, { modelId, name, version }: Governed): Promise<boolean> {
    if (modelId === undefined || version === undefined) return false;
    const action = { type: 'stage', modelId, name, version, to: 'Production' } as const;
    return (await this.of(context, action, 'explanation')) !== undefined;
  }

  /** What is in force for models of this name and not for others, by its own name. */
  async inForceFor(_name: string): Promise<readonly string[]> {
    return [];
  }
}

/** No rules: who may promote does so by themselves. */
export class NoPromotionRules extends PromotionRules {
  async of(): Promise<undefined> {
    return undefined;
  }
}
