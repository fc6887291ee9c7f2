import { Role } from '../../core/index.js';

/** Injection token of who must have a second factor. */
export const SECOND_FACTOR_POLICY = Symbol('second-factor-policy');

export interface SecondFactorPolicy {
  /** Whoever has one of these, anywhere, may do nothing by password but enrol until they have one. */
  readonly roles: readonly Role[];
}
