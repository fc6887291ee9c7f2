import { NoPromotionRules, Models, PromotionRules, ReviewersDecide, RunEvidenceReader } from '../../registry/index.js';
import { Settings } from '../config/settings.js';

/** A month, as with GitHub's environments: long enough for a holiday, too short to be forgotten. */
const EXPIRES_AFTER_HOURS = 720;

/** Which promotions need approval, by the settings alone. */
export const promotionRulesOf = (
  { productionApprovals }: Pick<Settings, 'productionApprovals'>,
  models: Models,
  runs: RunEvidenceReader,
): PromotionRules =>
  productionApprovals === 0
    ? new NoPromotionRules()
    : new ReviewersDecide(productionApprovals, EXPIRES_AFTER_HOURS, models, runs);
