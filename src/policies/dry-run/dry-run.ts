import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { CustodyError, Micros, ModelId, namePattern, Position, START, toIso } from '../../core/index.js';
import { named, ReadModels } from '../../projection/index.js';
import { findStage } from '../../registry/index.js';
import { GateName, PolicyDocument } from '../document/policy.js';
import { evaluate } from '../evaluation/evaluate.js';
import { Target } from '../evaluation/evidence.js';
import { Gatherer, needsOf } from '../evaluation/gather.js';
import { BlockedTransition, DryRun } from '../policy/events.js';
import { DryRunTables, PolicyTransitionRow } from './table.js';

export const DEFAULT_TRANSITIONS = 40;
export const MAX_TRANSITIONS = 200;

/** They read bytes as they are now, which tells nothing of then. */
const OF_NOW: readonly GateName[] = ['artifacts_verified'];

/** Tries a policy on the moves that were made before it, each with the evidence that the log had just before. */
@Injectable()
export class DryRuns {
  constructor(
    private readonly models: ReadModels,
    private readonly gatherer: Gatherer,
  ) {}

  async run(policy: PolicyDocument, transitions = DEFAULT_TRANSITIONS): Promise<DryRun> {
    const gates = policy.gates.filter(({ gate }) => !OF_NOW.includes(gate));
    const tried = { ...policy, gates };
    const moves = await this.moves(policy, transitions);
    const blocked: BlockedTransition[] = [];
    for (const move of moves) {
      const why = await this.refused(tried, move);
      if (why.length > 0) blocked.push({ ...told(move), why });
    }
    const leftOut = OF_NOW.filter((gate) => policy.gates.some((each) => each.gate === gate));
    return { asOf: moves[0]?.position ?? START, considered: moves.length, leftOut, blocked };
  }

  /** Newest first. */
  private moves({ models, protects }: PolicyDocument, limit: number): Promise<readonly PolicyTransitionRow[]> {
    const targets = [
      ...protects.stages.map((stage) => ['stage', stage.toLowerCase()] as const),
      ...protects.aliases.map((alias) => ['alias', alias.toLowerCase()] as const),
    ];
    const patterns = models.map((pattern) => namePattern(pattern));
    return this.models
      .db<DryRunTables>()
      .selectFrom('policy_transitions')
      .selectAll()
      .where(named('model', patterns))
      .where((eb) =>
        eb.or(
          targets.map(([kind, target]) => eb.and([eb('kind', '=', kind), sql<boolean>`lower(target) = ${target}`])),
        ),
      )
      .orderBy('position', 'desc')
      .limit(limit)
      .execute();
  }

  private async refused(policy: PolicyDocument, move: PolicyTransitionRow): Promise<BlockedTransition['why']> {
    const { version, model, model_id: modelId } = move;
    const before = move.position as Position;
    const question = {
      modelId: modelId as ModelId,
      model,
      version,
      target: targetOf(move),
      now: move.at as Micros,
      before,
    };
    try {
      const evidence = await this.gatherer.gather(question, needsOf([policy]));
      return evaluate(policy, evidence).flatMap(({ gate, passed, why }) => (passed ? [] : [{ gate, why }]));
    } catch (error) {
      // Bytes that are gone by now: what can't be told any more is no reason to refuse the whole trial.
      if (error instanceof CustodyError && error.kind === 'lost') return [{ gate: 'evidence', why: error.message }];
      throw error;
    }
  }
}

function targetOf({ kind, target: to }: PolicyTransitionRow): Target {
  const stage = kind === 'stage' ? findStage(to) : undefined;
  return stage ? { type: 'stage', to: stage } : { type: 'alias', to };
}

const told = ({ position, at, model, version, kind, target }: PolicyTransitionRow) => ({
  position,
  at: toIso(at as Micros),
  model,
  version,
  to: kind === 'alias' ? `@${target}` : target,
});
