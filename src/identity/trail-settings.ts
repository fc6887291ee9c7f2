/** How the trail is kept and strangers are met, as far as whoever runs the server may choose. */
export interface TrailSettings {
  /** Reads are written down together, so often. */
  readonly readsMs: number;
  /** Failed sign-ins of one address within a minute: so many are told one by one, then it is slowed down. */
  readonly signInFailures: number;
  /** Requests of one account within a minute; 0: any number. */
  readonly requestsPerMinute: number;
  /** So many refusals of one account within a minute are an alert. */
  readonly denialsToAlert: number;
}

export const TRAIL_SETTINGS = Symbol('trail-settings');

export const DEFAULT_TRAIL: TrailSettings = {
  readsMs: 10_000,
  signInFailures: 30,
  requestsPerMinute: 0,
  denialsToAlert: 20,
};
