import { never } from '../../core/index.js';
import { Gate, PolicyDocument } from '../document/policy.js';
import { changePlan } from './change-plan.js';
import { Evidence } from './evidence.js';
import { Finding, GateResult, result } from './gate-result.js';
import { dataRegistered, disjoint, lineage } from './gates/data.js';
import { artifactsVerified, modelSignature } from './gates/files.js';
import { noWorse, thresholds } from './gates/metrics.js';
import { reproduction } from './gates/reproduction.js';
import { requiredTags } from './gates/tags.js';
import { coolDown, freeze } from './gates/time.js';

/** Whether the version comes to where the policy protects; otherwise it leaves, or loses its alias. */
export const arrives = (
  { target, version }: Pick<Evidence, 'target' | 'version'>,
  { protects }: PolicyDocument,
): boolean => {
  if (target.type === 'delete-alias') return false;
  return target.type === 'alias' || (target.to !== version.stage && protects.stages.includes(target.to));
};

/**
 * All gates of a policy, each with what it looked at. Pure: the same evidence gives the same results for ever.
 * What leaves Production is not held up by gates: taking a bad model out must stay possible at any time.
 */
export function evaluate(policy: PolicyDocument, evidence: Evidence): readonly GateResult[] {
  if (!arrives(evidence, policy)) return [];
  return [
    ...policy.gates.map((gate) => result(gate.gate, look(gate, evidence))),
    ...(policy.freeze_windows.length === 0 ? [] : [result('freeze_windows', freeze(policy.freeze_windows, evidence))]),
    ...(policy.change_plan ? [result('change_plan', changePlan(policy.change_plan, evidence))] : []),
  ];
}

function look(gate: Gate, evidence: Evidence): Finding {
  switch (gate.gate) {
    case 'required_tags':
      return requiredTags(gate, evidence);
    case 'metrics':
      return thresholds(gate, evidence);
    case 'no_worse_than_production':
      return noWorse(gate, evidence);
    case 'data_registered':
      return dataRegistered(gate, evidence);
    case 'lineage':
      return lineage(gate, evidence);
    case 'model_signature':
      return modelSignature(evidence);
    case 'artifacts_verified':
      return artifactsVerified(evidence);
    case 'reproduction_verified':
      return reproduction(evidence);
    case 'disjoint_data':
      return disjoint(gate, evidence);
    case 'cool_down':
      return coolDown(gate, evidence);
    default:
      return never(gate);
  }
}
