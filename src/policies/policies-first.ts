import { CommandContext } from '../core/index.js';
import { Governed, Promotion, PromotionRule, PromotionRules, Purpose } from '../registry/index.js';

/** What the policies in force say, and where they say nothing, what holds anyway. */
export class PoliciesFirst extends PromotionRules {
  constructor(
    private readonly policies: PromotionRules,
    private readonly otherwise: PromotionRules,
  ) {
    super();
  }

  async of(context: CommandContext, action: Promotion, purpose?: Purpose): Promise<PromotionRule | undefined> {
    return (await this.policies.of(context, action, purpose)) ?? this.otherwise.of(context, action, purpose);
  }

  override async governs(context: CommandContext, model: Governed): Promise<boolean> {
    return (await this.policies.governs(context, model)) || this.otherwise.governs(context, model);
  }

  override async inForceFor(name: string): Promise<readonly string[]> {
    return [...(await this.policies.inForceFor(name)), ...(await this.otherwise.inForceFor(name))];
  }
}
