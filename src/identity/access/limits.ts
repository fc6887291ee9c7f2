import { Limits, NamePattern, Reach, ScopedRole, within } from '../../core/index.js';
import { Action } from '../../http/index.js';

export const permitsAction = ({ readOnly, actions }: Limits, action: Action): boolean =>
  (readOnly !== true || action.endsWith(':read')) && (actions === undefined || actions.includes(action));

export const isByName = ({ experiments, models }: Limits): boolean => experiments !== undefined || models !== undefined;

/** Where the limits let in: the same as scopes of roles, so that one question answers both. */
export const placesWithin = ({ experiments = [], models = [] }: Limits): readonly ScopedRole['scope'][] => [
  ...experiments.map((pattern) => ({ kind: 'experiments' as const, pattern })),
  ...models.map((pattern) => ({ kind: 'models' as const, pattern })),
];

/** Of a list, what both let see. */
export const narrowed = (reach: Reach | undefined, limits: Limits): Reach => ({
  experiments: both(reach?.experiments, limits.experiments ?? []),
  models: both(reach?.models, limits.models ?? []),
});

/**
 * Of two patterns the one that lies within the other. Two that only overlap are left out: a list may show
 * less than could be asked for one by one, never more.
 */
function both(owner: readonly NamePattern[] | undefined, limits: readonly NamePattern[]): readonly NamePattern[] {
  if (owner === undefined) return limits;
  const pairs = owner.flatMap((a) => limits.map((b) => (within(b, a) ? b : within(a, b) ? a : undefined)));
  return [...new Set(pairs.filter((pattern) => pattern !== undefined))];
}
