/** One entry of a batch. Times are microseconds since the epoch. */
export interface ReadsTable {
  /** Grows along the log. */
  readonly no: number;
  readonly event_id: string;
  readonly actor_id: string;
  readonly via: string;
  readonly action: string;
  readonly route: string;
  readonly kind: string;
  /** Empty where everything was asked of that the reader may see. */
  readonly id: string;
  readonly path: string;
  readonly query: string;
  /** Separated by commas. */
  readonly fields: string;
  readonly count: number;
  readonly row_count: number | null;
  readonly first_at: number;
  readonly last_at: number;
}

export interface ReadsSchema {
  readonly identity_reads: ReadsTable;
}
