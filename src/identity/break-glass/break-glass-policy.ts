import { Role } from '../../core/index.js';

/** Injection token of what can be taken in need. */
export const BREAK_GLASS_POLICY = Symbol('break-glass-policy');

export interface BreakGlassPolicy {
  readonly roles: readonly Role[];
  /** At most, at a time. */
  readonly minutes: number;
}
