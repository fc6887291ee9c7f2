import { ApprovalState } from '../../approval/events.js';

/** Times are microseconds since the epoch. */
export interface ApprovalRow {
  readonly approval_id: string;
  readonly number: number;
  readonly kind: string;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly title: string;
  /** The model that it is about, as it was called when it was asked for. */
  readonly model_name: string | null;
  readonly action: string;
  readonly requester: string;
  readonly state: ApprovalState;
  readonly digest: string;
  /** JSON of `ApprovalRules`. */
  readonly rules: string;
  /** JSON of a list of `GivenSignature`. */
  readonly signatures: string;
  /** JSON of a list of ids: of those who signed, whose accounts are not active. */
  readonly inactive: string;
  readonly requested_at: number;
  readonly expires_at: number;
  readonly closed_at: number | null;
}

export interface ApprovalsSchema {
  readonly approvals: ApprovalRow;
}
