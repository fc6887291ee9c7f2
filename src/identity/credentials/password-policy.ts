/** Injection token of the installation's rules. */
export const PASSWORD_POLICY = Symbol('password-policy');

export interface PasswordPolicy {
  /** How many passwords, the present one included, a new one must differ from. */
  readonly remembered: number;
  /** After so many days a password is good for one thing only: setting another. 0: never. */
  readonly maxAgeDays: number;
}
