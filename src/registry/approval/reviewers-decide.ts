import { CommandContext } from '../../core/index.js';
import { isGoverned } from '../alias.js';
import { Models } from '../model/models.js';
import { Promotion, PromotionRule, PromotionRules } from './promotion-rules.js';
import { RunEvidenceReader } from './run-evidence.js';

/**
 * The rule without a policy: so many reviewers, neither of whom asked for it or trained the run, for the way into
 * and out of Production and for the aliases by which deployments load.
 */
export class ReviewersDecide extends PromotionRules {
  constructor(
    private readonly approvals: number,
    private readonly expiresAfterHours: number,
    private readonly models: Models,
    private readonly runs: RunEvidenceReader,
  ) {
    super();
  }

  async of(_context: CommandContext, action: Promotion): Promise<PromotionRule | undefined> {
    if (!(await this.isProtected(action))) return undefined;
    const version = (await this.models.load(action.modelId)).versions.get(action.version ?? 0);
    const run = version?.runId === undefined ? undefined : await this.runs.of(version.runId);
    return {
      rules: {
        order: 'parallel',
        steps: [{ role: 'reviewer', approvals: this.approvals }],
        expiresAfterHours: this.expiresAfterHours,
        excluded: (run?.trainedBy ?? []).map((userId) => ({ userId, why: 'trained the run' })),
      },
      gates: [],
    };
  }

  override async governs(): Promise<boolean> {
    return true;
  }

  private async isProtected({ type, to = '', modelId, version }: Promotion): Promise<boolean> {
    if (type !== 'stage') return isGoverned(to);
    const from = (await this.models.load(modelId)).versions.get(version ?? 0)?.stage;
    return to === 'Production' || from === 'Production';
  }
}
