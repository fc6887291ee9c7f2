import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { CustodyError, Micros, ModelId, namePattern, Position, START, toIso } from '../../core/index.js';
import { named, ReadModels } from '../../projection/index.js';
import { findStage } from '../../registry/index.js';
import { PolicyDocument } from '../document/policy.js';
import { evaluate } from '../evaluation/evaluate.js';
import { Target } from '../evaluation/evidence.js';
import { Gatherer, Needs, needsOf } from '../evaluation/gather.js';
import { BlockedTransition, DryRun } from '../policy/events.js';
import { DryRunTables, PolicyTransitionRow } from './table.js';

export const DEFAULT_TRANSITIONS = 40;
export const MAX_TRANSITIONS = 200;

/** So many bytes of files are read for one trial: somebody waits for the answer. The newest moves come first. */
export const TRIAL_BYTES = Symbol('trial-bytes');
export const MAX_TRIAL_BYTES = 4 * 1024 ** 3;
const READS = 'artifacts_verified';

/**
 * Tries a policy on the moves that were made before it, each with the evidence that the log had just before.
 * Which files there were is known from the log; their bytes are read as they are now. They are kept by their
 * digest: what is intact now was so then, and what is damaged by now is named.
 */
@Injectable()
export class DryRuns {
  constructor(
    private readonly models: ReadModels,
    private readonly gatherer: Gatherer,
    @Inject(TRIAL_BYTES) private readonly maxBytes: number,
  ) {}

  async run(policy: PolicyDocument, transitions = DEFAULT_TRANSITIONS): Promise<DryRun> {
    const moves = await this.moves(policy, transitions);
    const needs = { ...needsOf([policy]), reading: this.gatherer.reading(this.maxBytes) };
    const blocked: BlockedTransition[] = [];
    const leftOut = new Set<string>();
    for (const move of moves) {
      const { why, unread } = await this.tried(policy, move, needs);
      if (why.length > 0) blocked.push({ ...told(move), why });
      if (unread) leftOut.add(READS);
    }
    return { asOf: moves[0]?.position ?? START, considered: moves.length, leftOut: [...leftOut], blocked };
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

  /** What would have blocked it, and whether nothing is said of its files, since they were too much to read. */
  private async tried(
    policy: PolicyDocument,
    move: PolicyTransitionRow,
    needs: Needs,
  ): Promise<{ readonly why: BlockedTransition['why']; readonly unread: boolean }> {
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
      const evidence = await this.gatherer.gather(question, needs);
      const { files } = evidence.version;
      const unread = needs.bytes && files !== undefined && files.kept && files.damaged === undefined;
      const results = evaluate(policy, evidence).filter(({ gate }) => !unread || gate !== READS);
      return { why: results.flatMap(({ gate, passed, why }) => (passed ? [] : [{ gate, why }])), unread };
    } catch (error) {
      // Bytes that are gone by now: what can't be told any more is no reason to refuse the whole trial.
      if (error instanceof CustodyError && error.kind === 'lost') {
        const why = [{ gate: 'evidence', why: error.message }];
        return { why, unread: false };
      }
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
