import { Approval } from '../approval/events.js';
import { ApprovalAnswer } from './approvals.commands.js';

export const answerOf = ({ approvalId, number, state, dossier }: Approval): ApprovalAnswer => ({
  approvalId,
  number,
  state,
  digest: dossier.digest,
});
