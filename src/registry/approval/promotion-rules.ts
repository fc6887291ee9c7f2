import { ApprovalRules } from '../../approvals/index.js';
import { CommandContext, ModelId } from '../../core/index.js';

export abstract class PromotionRules {
  /** Undefined: no policy is in force for that; the right to promote is enough, as ever. Otherwise rules and the gates that were evaluated (recorded by the policies room). */
  abstract of(
    context: CommandContext,
    action: {
      readonly type: 'stage' | 'alias' | 'delete-alias';
      readonly modelId: ModelId;
      readonly name: string;
      readonly version?: number;
      readonly to?: string;
    },
  ): Promise<
    | undefined
    | {
        readonly rules: ApprovalRules;
        /** All must pass when the request is made and when it is carried out. */
        readonly gates: readonly { readonly gate: string; readonly passed: boolean; readonly why: string }[];
      }
  >;
}
