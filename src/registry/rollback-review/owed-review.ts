import { JsonObject, ModelId } from '../../core/index.js';
import { RequestApprovalInput } from '../../approvals/index.js';
import { RolledBack } from '../model/events.js';

export const ROLLBACK_REVIEW = 'rollback-review';

export interface RollbackAction {
  readonly modelId: ModelId;
  readonly rollbackId: string;
}

/** The review that a rollback owes, told by its event alone, so that whoever asks for it asks for the same one. */
export function owedReview({ modelId, name, version, rollbackId }: RolledBack): RequestApprovalInput | undefined {
  if (rollbackId === undefined) return undefined;
  return {
    kind: ROLLBACK_REVIEW,
    action: { type: 'rollback', model_id: modelId, name, version, rollback_id: rollbackId },
    subject: { kind: ROLLBACK_REVIEW, id: `${modelId}/${rollbackId}` },
    title: `${name} was rolled back to version ${version}`,
    once: true,
  };
}

/** Of what was recorded. */
export const rollbackOf = ({ model_id: modelId, rollback_id: rollbackId }: JsonObject): RollbackAction => ({
  modelId: modelId as ModelId,
  rollbackId: rollbackId as string,
});
