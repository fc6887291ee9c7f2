import { Clock } from '../core/index.js';

export interface ApprovalsOptions {
  readonly clock: Clock;
  /** How long a grant is left to the approver's own call before the reactor takes it for left behind. */
  readonly graceMs: number;
  /** How soon this server tries again after a failure of its own. */
  readonly retryMs: number;
  /** How often requests whose time is over are looked for. */
  readonly sweepMs: number;
}

export const APPROVALS_OPTIONS = Symbol('approvals-options');
