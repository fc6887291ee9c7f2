/** Injection token of how long browser sessions last. */
export const SESSION_POLICY = Symbol('session-policy');

export interface SessionPolicy {
  /** Not used for so long, a session is over. */
  readonly idleMinutes: number;
  /** However much it is used, it is over after so long. */
  readonly maxHours: number;
}
