/** Injection token of how much somebody has to show at each signature. */
export const SIGNING_POLICY = Symbol('signing-policy');

export interface SigningPolicy {
  /**
   * 21 CFR 11.200(a)(1): so long after a signature with all components, the password is enough for further ones in
   * the same browser session. 0: all components, every time.
   */
  readonly sessionMinutes: number;
}

export const DEFAULT_SIGNING: SigningPolicy = { sessionMinutes: 0 };
