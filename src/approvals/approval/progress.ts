import { Role } from '../../core/index.js';
import { ApprovalRules, ApprovalStep } from '../port.js';
import type { Approval, GivenSignature } from './events.js';

type Signer = Pick<GivenSignature, 'signatureId' | 'roles'>;

export interface Progress {
  /** The step that each approval counts for, by the signature's id; one that is not here counts for none. */
  readonly counted: ReadonlyMap<string, number>;
  /** How many more each step needs; only steps that need some. */
  readonly missing: readonly (ApprovalStep & { readonly step: number })[];
  /** Steps for which an approval can be given now. */
  readonly open: readonly number[];
}

/** Approvals on another dossier than the present one don't count: they were given on something else. */
export function approvalsOf({
  signatures,
  dossier,
}: Pick<Approval, 'signatures' | 'dossier'>): readonly GivenSignature[] {
  return signatures.filter(({ decision, digest }) => decision === 'approve' && digest === dossier.digest).toArray();
}

/** Whether an approval by somebody with these roles can count for the step. */
const meets = ({ role, or = [] }: Pick<ApprovalStep, 'role' | 'or'>, roles: readonly Role[]): boolean =>
  roles.includes(role) || or.some((other) => roles.includes(other));

/** What the rules, as they are now, make of these approvals, in the order in which they were given. */
export function progressOf(rules: ApprovalRules, approvals: readonly Signer[]): Progress {
  const counted = rules.order === 'sequential' ? inTurn(rules.steps, approvals) : matched(rules.steps, approvals);
  const given = (step: number) => [...counted.values()].filter((of) => of === step).length;
  const missing = rules.steps
    .map((step, index) => ({ ...step, approvals: step.approvals - given(index), step: index }))
    .filter(({ approvals: more }) => more > 0);
  const open = (rules.order === 'sequential' ? missing.slice(0, 1) : missing).map(({ step }) => step);
  return { counted, missing, open };
}

function inTurn(steps: readonly ApprovalStep[], approvals: readonly Signer[]): Map<string, number> {
  const counted = new Map<string, number>();
  let [at, given] = [0, 0];
  for (const { signatureId, roles } of approvals) {
    const step = steps[at];
    if (!step) break;
    if (!meets(step, roles)) continue;
    counted.set(signatureId, at);
    if (++given >= step.approvals) [at, given] = [at + 1, 0];
  }
  return counted;
}

/**
 * Somebody with two roles counts for the step where they are needed: who came first does not take a place
 * that only another could fill. A largest matching, by augmenting paths; there are few of both.
 */
function matched(steps: readonly ApprovalStep[], approvals: readonly Signer[]): Map<string, number> {
  const places = steps.flatMap(({ role, or, approvals: count }, step) =>
    Array.from({ length: count }, () => ({ role, or, step })),
  );
  const holders = new Map<number, Signer>();
  const seat = (signer: Signer, tried: Set<number>): boolean =>
    places.some((wanted, place) => {
      if (tried.has(place) || !meets(wanted, signer.roles)) return false;
      tried.add(place);
      const holder = holders.get(place);
      if (holder && !seat(holder, tried)) return false;
      holders.set(place, signer);
      return true;
    });
  for (const signer of approvals) seat(signer, new Set());
  return new Map([...holders].map(([place, { signatureId }]) => [signatureId, places[place]!.step]));
}

/** The roles that the rules ask for. */
export const rolesAsked = ({ steps }: Pick<ApprovalRules, 'steps'>): readonly Role[] => [
  ...new Set(steps.flatMap(({ role, or = [] }) => [role, ...or])),
];

/** For people: who can give the approvals of a step. */
export const askedOf = ({ role, or = [] }: Pick<ApprovalStep, 'role' | 'or'>): string => [role, ...or].join(' or ');
