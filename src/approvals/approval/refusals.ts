import { never, refuse } from '../../core/index.js';
import { Approval } from './events.js';

export const noSuchApproval = () => refuse('not-found', 'approval-not-found', 'there is no such request', 'id');

/** Says what became of a request that is not open any more. */
export const closed = (approval: Approval) =>
  refuse('conflict', 'approval-closed', `request ${approval.number} is closed: ${whatBecame(approval)}`);

export const expired = ({ number }: Approval) =>
  refuse('conflict', 'approval-expired', `request ${number} has expired: whoever needs it has to request it again`);

/** Before anybody has noted it: whoever asks for it again, or decides, does. */
export const complete = ({ number }: Approval) =>
  refuse('conflict', 'approvals-complete', `request ${number} has all the approvals that it takes by now`);

function whatBecame({ state, why = '' }: Approval): string {
  switch (state) {
    case 'open':
      return 'it is open';
    case 'granted':
      return 'it has all its approvals, and is being carried out';
    case 'carried-out':
      return 'it was approved and carried out';
    case 'rejected':
      return 'it was rejected';
    case 'withdrawn':
      return 'whoever made it has withdrawn it';
    case 'expired':
      return 'it has expired, and has to be requested again';
    case 'void':
      return `it is void: ${why}`;
    default:
      return never(state);
  }
}
