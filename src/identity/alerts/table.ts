export interface AlertsTable {
  /** Position of the event. */
  readonly position: number;
  readonly event_id: string;
  readonly alert: string;
  /** Empty where it is about no account. */
  readonly user_id: string;
  readonly actor_id: string;
  readonly count: number | null;
  readonly recorded_at: number;
}

export interface AlertsSchema {
  readonly identity_alerts: AlertsTable;
}
