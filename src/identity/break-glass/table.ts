/** Times are microseconds since the epoch. */
export interface BreakGlassTable {
  readonly review_id: string;
  readonly user_id: string;
  readonly role: string;
  readonly opened_at: number;
  readonly expires_at: number;
  readonly reason: string;
  readonly reviewed_at: number | null;
  readonly reviewed_by: string | null;
  readonly decision: string | null;
  readonly comment: string | null;
  /** Its request for approval. */
  readonly approval_id: string | null;
  readonly number: number | null;
}

export interface BreakGlassSchema {
  readonly identity_break_glass: BreakGlassTable;
}
