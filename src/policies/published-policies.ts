import { Injectable } from '@nestjs/common';
import { ApprovalRules, digestOf } from '../approvals/index.js';
import { CommandContext, errors, JsonObject, matches, ModelId, namePattern } from '../core/index.js';
import { DecisionMaker } from '../ledger/index.js';
import {
  Governed,
  ModelReader,
  Promotion,
  PromotionRule,
  PromotionRules,
  Purpose,
  Stage,
  stageOf,
} from '../registry/index.js';
import { PolicyDocument } from './document/policy.js';
import { evaluate } from './evaluation/evaluate.js';
import { Evaluation, evaluationsDecider, evaluationsStream } from './evaluation/events.js';
import { Evidence, Target } from './evaluation/evidence.js';
import { Gatherer, needsOf } from './evaluation/gather.js';
import { PolicyRef, rulesOf, together } from './evaluation/rules.js';
import { InForce, Policies } from './policy/policies.js';

export interface Judgement {
  readonly target: Target;
  readonly evaluations: readonly Evaluation[];
  readonly rules: ApprovalRules;
}

/** Whether a policy is for models of this name. */
export const covers = ({ models }: PolicyDocument, name: string): boolean =>
  models.some((pattern) => matches(namePattern(pattern), name));

/** Whether it protects where the version goes, or where it comes from. */
export function protects(
  { protects: { stages, aliases, leaving } }: PolicyDocument,
  target: Target,
  from: Stage,
): boolean {
  if (target.type === 'stage') return stages.includes(target.to) || (leaving && stages.includes(from));
  const alias = target.to.toLowerCase();
  return (target.type === 'alias' || leaving) && aliases.some((each) => each.toLowerCase() === alias);
}

/** The registry's rules are the policies in force. Each evaluation is recorded before it is answered. */
@Injectable()
export class PublishedPolicies extends PromotionRules {
  constructor(
    private readonly policies: Policies,
    private readonly models: ModelReader,
    private readonly gatherer: Gatherer,
    private readonly decisions: DecisionMaker,
  ) {
    super();
  }

  async of(
    context: CommandContext,
    action: Promotion,
    purpose: Purpose = 'decision',
  ): Promise<PromotionRule | undefined> {
    const judgement = await this.judge(context, action, purpose);
    if (!judgement) return undefined;
    const { rules, evaluations } = judgement;
    const gates = evaluations.flatMap(({ policy, gates: found }) =>
      found.map(({ gate, passed, why }) => ({
        gate: evaluations.length > 1 ? `${policy.name}: ${gate}` : gate,
        passed,
        why,
      })),
    );
    return { rules, gates };
  }

  /** Also of a model that is about to be made, whose versions are not there yet. */
  override async governs(_context: CommandContext, { name }: Governed): Promise<boolean> {
    return (await this.policies.inForce()).some(({ document }) => covers(document, name));
  }

  override async inForceFor(model: string): Promise<readonly string[]> {
    const covering = (await this.policies.inForce()).filter(({ document }) => covers(document, model));
    return covering.map(({ name }) => name);
  }

  /** `undefined` where no policy is in force for that. @throws CustodyError kind `not-found` */
  async judge(context: CommandContext, action: Promotion, purpose: Purpose): Promise<Judgement | undefined> {
    const forModel = (await this.policies.inForce()).filter(({ document }) => covers(document, action.name));
    if (forModel.length === 0) return undefined;
    const target = targetOf(action);
    const choice = action.version === undefined ? { alias: target.to } : { version: action.version };
    const { version, stage } = await this.models.resolve(action.name, choice, 'version');
    const applying = forModel.filter(({ document }) => protects(document, target, stage));
    if (applying.length === 0) return undefined;
    const { modelId, name: model } = action;
    const needs = needsOf(applying.map(({ document }) => document));
    const evidence = await this.gatherer.gather({ modelId, model, version, target, now: context.now }, needs);
    const evaluations = applying.map((policy) => evaluationOf(policy, evidence, purpose));
    await this.record(context, modelId, evaluations);
    const rules = together(applying.map(({ document }) => rulesOf(document, evidence)));
    return { target, evaluations, rules: { ...rules, policy: referenceOf(applying.map(refOf)) } };
  }

  /** A command that is sent again is judged again, by what is true then; so it must not share the events of the first time. */
  private async record(context: CommandContext, modelId: ModelId, evaluations: readonly Evaluation[]): Promise<void> {
    const { idempotencyKey: _, ...once } = context;
    await this.decisions.decide(evaluationsDecider, evaluationsStream(modelId), evaluations, once);
  }
}

const refOf = ({ name, version, digest }: InForce): PolicyRef => ({ name, version, digest });

function evaluationOf(policy: InForce, evidence: Evidence, purpose: Purpose): Evaluation {
  const gates = evaluate(policy.document, evidence);
  return {
    modelId: evidence.modelId as ModelId,
    name: evidence.model,
    version: evidence.version.version,
    target: evidence.target,
    policy: refOf(policy),
    purpose,
    evidence: digestOf(evidence as unknown as JsonObject),
    passed: gates.every(({ passed }) => passed),
    gates,
  };
}

/** Of several, their names, and one digest over all of them: the request stands for each. */
function referenceOf(refs: readonly PolicyRef[]): PolicyRef {
  const [first, ...others] = refs;
  if (!first || others.length === 0) return first!;
  const digest = digestOf({ policies: refs.map(({ name, version, digest: of }) => ({ name, version, digest: of })) });
  return { name: refs.map(({ name }) => name).join(' + '), version: first.version, digest };
}

function targetOf({ type, to }: Promotion): Target {
  if (to === undefined) throw errors.invalid('target-missing', 'it is not said where the version should go', 'to');
  return type === 'stage' ? { type, to: stageOf(to) } : { type, to };
}
