/** What the workflow itself writes. */
export const APPROVAL_STATUS = 'Approval_Status';
export const APPROVAL_REQUEST = 'Approval_Request';
export const APPROVED_BY = 'Approved_By';
export const REVIEWER = 'Reviewer';

const GOVERNED: ReadonlySet<string> = new Set([
  'approvalstatus',
  'approvalstate',
  'approvalrequest',
  'approved',
  'approvedby',
  'approver',
  'approvers',
  'reviewer',
  'reviewers',
  'reviewedby',
  'reviewstatus',
  'signedby',
]);

/** However it is written: `Approval_Status`, `approval-status` and `approval.status` tell people the same. */
export const isGovernedTag = (key: string): boolean => GOVERNED.has(key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
