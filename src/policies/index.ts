import { EventDefinition } from '../core/index.js';
import { Projection } from '../projection/index.js';
import { policyTransitionsProjection } from './dry-run/projection.js';
import { evaluationEvents } from './evaluation/events.js';
import { policyEvents } from './policy/events.js';

export * from './commands/policies.commands.js';
export { checkPolicy, policyOf, sentence, type Checked } from './document/check.js';
export { type PolicyDocument } from './document/policy.js';
export { POLICY_SCHEMA } from './document/schema.js';
export { type Problem } from './document/yaml.js';
export { CaughtUp } from './dry-run/caught-up.js';
export * from './policies.module.js';
export { BUILT_IN } from './policy/approval.js';
export { PoliciesFirst } from './policies-first.js';
export { PublishedPolicies } from './published-policies.js';

export const policiesEvents: readonly EventDefinition[] = [...policyEvents, ...evaluationEvents];
export const policiesProjections: readonly Projection[] = [policyTransitionsProjection];
