import { Gate } from '../../document/policy.js';
import { Evidence } from '../evidence.js';
import { Finding, shown } from '../gate-result.js';

type RequiredTags = Extract<Gate, { gate: 'required_tags' }>;

/** The version's own tag counts; where it has none, its run's, since that is where training scripts set theirs. */
export const tagOf = ({ version }: Evidence, key: string): string | undefined =>
  own(version.tags, key)?.value ?? own(version.runTags, key);

export const own = <T>(map: { readonly [key: string]: T }, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

export function requiredTags(gate: RequiredTags, evidence: Evidence): Finding {
  const keys = Object.keys(gate.tags);
  const values = keys.map((key) => [key, tagOf(evidence, key)] as const);
  const missing = values.flatMap(([key, value]) => {
    const allowed = gate.tags[key]!;
    const among = allowed.length === 0 ? '' : ` to ${allowed.join(' or ')}`;
    if (value === undefined || value.trim() === '') return [`the tag ${key} is not set: set it${among} on the version`];
    if (allowed.length === 0 || allowed.includes(value)) return [];
    return [`the tag ${key} is '${shown(value)}', allowed is ${allowed.join(' or ')}`];
  });
  const inputs = Object.fromEntries(values.map(([key, value]) => [key, value === undefined ? null : shown(value)]));
  return { inputs, missing, fine: `${keys.join(', ')}: all set as allowed` };
}
