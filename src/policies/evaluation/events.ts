import { accept, Decider, DomainEvent, EventDefinition, ModelId } from '../../core/index.js';
import { Purpose, versionResource } from '../../registry/index.js';
import { Target } from './evidence.js';
import { GateResult } from './gate-result.js';
import { PolicyRef } from './rules.js';

export interface Evaluation {
  readonly modelId: ModelId;
  readonly name: string;
  readonly version: number;
  readonly target: Target;
  readonly policy: PolicyRef;
  /** Something was asked for and depends on it, or somebody only wanted to know. */
  readonly purpose: Purpose;
  /** SHA-256, in hex, of the canonical JSON of everything that was looked at. */
  readonly evidence: string;
  readonly passed: boolean;
  readonly gates: readonly GateResult[];
}

export type PolicyEvaluated = DomainEvent<'PolicyEvaluated', Evaluation>;

export const evaluationsStream = (modelId: ModelId): string => `evaluations-${modelId}`;

type Last = ReadonlyMap<string, string>;

const about = ({ version, target, policy }: Evaluation): string => JSON.stringify([version, target, policy]);
/** Times among the inputs are always other ones; what was found is what counts. */
const found = ({ gates }: Evaluation): string =>
  JSON.stringify(gates.map(({ gate, passed, why }) => [gate, passed, why]));

/** What a decision rests on is recorded every time; an explanation only when it is another one than was recorded last. */
export const evaluationsDecider: Decider<Last, readonly Evaluation[], PolicyEvaluated> = {
  initial: new Map(),
  evolve: (last, { data }) => new Map(last).set(about(data), found(data)),
  decide: (evaluations, last) =>
    accept(
      ...evaluations
        .filter((each) => each.purpose === 'decision' || last.get(about(each)) !== found(each))
        .map((data) => ({ type: 'PolicyEvaluated' as const, data })),
    ),
};

export const evaluationEvents: readonly EventDefinition[] = [
  {
    type: 'PolicyEvaluated',
    summary: 'A version was judged by a policy, gate by gate, with what was looked at.',
    stream: 'evaluations-<model id>',
    resource: (data) => versionResource(data as unknown as Evaluation),
    samples: [
      {
        modelId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c',
        name: 'lims_contamination_detector',
        version: 2,
        target: { type: 'stage', to: 'Production' },
        policy: {
          name: 'lims-production',
          version: 2,
          digest: '4c1d3a2b9e8f7061524334251607f8e9dabccbad9e8f70615243342516070819',
        },
        purpose: 'decision',
        evidence: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        passed: false,
        gates: [
          {
            gate: 'metrics',
            passed: false,
            why: 'test_f1 is 0.82, at least 0.85 is needed',
            inputs: { run_id: '0192f0a8d1c27b3f8a4d6e5f7a8b9c0d', metrics: { test_f1: 0.82 } },
          },
        ],
      },
    ],
  },
];
