/** Moves that a policy could have been asked about, as they were recorded. */
export interface PolicyTransitionRow {
  position: number;
  /** Microseconds. */
  at: number;
  model_id: string;
  /** Its name at the time. */
  model: string;
  version: number;
  kind: 'stage' | 'alias';
  target: string;
}

export interface DryRunTables {
  policy_transitions: PolicyTransitionRow;
}
