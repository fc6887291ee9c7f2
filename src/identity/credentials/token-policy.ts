/** Injection token of the installation's rules. */
export const TOKEN_POLICY = Symbol('token-policy');

export interface TokenPolicy {
  /** For how long the secret before may go on at most, once a token has another. */
  readonly maxGraceMinutes: number;
}
