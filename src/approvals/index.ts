import { EventDefinition } from '../core/index.js';
import { Projection } from '../projection/index.js';
import { approvalEvents as requestEvents } from './approval/catalogue.js';
import { directoryEvents } from './directory/directory.js';
import { approvalsProjection } from './queries/approvals/projection.js';

export * from './port.js';
export { ApprovableKinds, type Requestable } from './approvable-kinds.js';
export { Approvals } from './approval/approvals.js';
export { approvalResource } from './approval/catalogue.js';
export { STATES as APPROVAL_STATES, type Approval, type ApprovalState, type Verdict } from './approval/events.js';
export { approvalsOf, askedOf, progressOf, rolesAsked } from './approval/progress.js';
export { turnOf } from './approval/turn.js';
export * from './approvals.module.js';
export * from './commands/approvals.commands.js';
export { digestOf, dossierOf } from './digest.js';
export { PeopleNames, withPeople } from './people.js';
export { ApprovalDirectory } from './directory/approval-directory.js';
export { APPROVALS_OPTIONS, type ApprovalsOptions } from './options.js';
export { GetApproval, type ApprovalView } from './queries/approval/query.js';
export { ListApprovals, type ApprovalPage, type ListedApproval } from './queries/approvals/query.js';

export const approvalsEvents: readonly EventDefinition[] = [...directoryEvents, ...requestEvents];
export const approvalsProjections: readonly Projection[] = [approvalsProjection];
