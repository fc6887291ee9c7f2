import { ApprovalRules, ApprovalStep } from '../../approvals/index.js';
import { UserId } from '../../core/index.js';
import { PolicyDocument, Step } from '../document/policy.js';
import { standing } from './change-plan.js';
import { arrives } from './evaluate.js';
import { Evidence } from './evidence.js';
import { own } from './gates/tags.js';

/** A published version of a policy. */
export interface PolicyRef {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
}

/** Who has to approve by one policy. A version inside the change plan takes the short path of its kind of modification. */
export function rulesOf(policy: PolicyDocument, evidence: Evidence): Omit<ApprovalRules, 'policy'> {
  const { order, expires_after_hours: expiresAfterHours, steps, additional } = policy.approvals;
  const plan = policy.change_plan && arrives(evidence, policy) ? standing(policy.change_plan, evidence) : undefined;
  const path = plan?.at === 'inside' ? plan.modification.steps : steps;
  const more = additional.filter(({ when }) => tagged(evidence, when.tag).some((value) => when.values.includes(value)));
  return { order, expiresAfterHours, steps: added(path, more), excluded: excluded(policy, evidence) };
}

/** Wherever the tag stands: what the run says of its data is not undone by what somebody says of the version. */
const tagged = ({ version, modelTags }: Evidence, tag: string): readonly string[] =>
  [own(version.tags, tag)?.value, own(version.runTags, tag), own(modelTags, tag)].filter(
    (value) => value !== undefined,
  );

/** A role that is there already gets so many more. */
function added(steps: readonly Step[], more: readonly Step[]): readonly ApprovalStep[] {
  const sum = new Map<Step['role'], number>();
  for (const { role, approvals } of [...steps, ...more]) sum.set(role, (sum.get(role) ?? 0) + approvals);
  return [...sum].map(([role, approvals]) => ({ role, approvals }));
}

function excluded(
  { separation_of_duties: separation }: PolicyDocument,
  { version }: Evidence,
): ApprovalRules['excluded'] {
  const why = new Map<UserId, string>();
  if (separation.includes('registered_version')) why.set(version.registeredBy, 'registered the version');
  if (separation.includes('trained_run'))
    for (const writer of version.run?.writers ?? []) why.set(writer, 'trained the run');
  return [...why].map(([userId, reason]) => ({ userId, why: reason }));
}

/**
 * Several policies in force for the same move: what any of them asks for is asked for. Of each role the most
 * that one of them wants, the shortest time, and one after the other when one of them says so.
 */
export function together(all: readonly Omit<ApprovalRules, 'policy'>[]): Omit<ApprovalRules, 'policy'> {
  const steps = new Map<ApprovalStep['role'], number>();
  for (const { role, approvals } of all.flatMap((each) => each.steps))
    steps.set(role, Math.max(steps.get(role) ?? 0, approvals));
  const excluded = new Map(all.flatMap((each) => each.excluded.map((one) => [one.userId, one] as const)));
  return {
    order: all.some(({ order }) => order === 'sequential') ? 'sequential' : 'parallel',
    steps: [...steps].map(([role, approvals]) => ({ role, approvals })),
    expiresAfterHours: Math.min(...all.map(({ expiresAfterHours }) => expiresAfterHours)),
    excluded: [...excluded.values()],
  };
}
