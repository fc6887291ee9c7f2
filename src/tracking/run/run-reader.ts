import { Injectable } from '@nestjs/common';
import { CustodyError, errors, ExperimentId, RunId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { ExperimentReader } from '../experiment/experiment-reader.js';
import { runDecider, runDeleted, runStream } from './decide.js';
import { Run } from './events.js';

export interface KnownRun extends Run {
  readonly id: RunId;
}

/** Runs as the log has them now, for commands: no read model, nothing behind. */
@Injectable()
export class RunReader {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
  ) {}

  async load(runId: string): Promise<KnownRun | undefined> {
    if (!/^[0-9a-f]{32}$/.test(runId)) return undefined;
    const { state } = await this.decisions.load(runDecider, runStream(runId as RunId));
    return state.id === undefined ? undefined : { ...state, id: state.id };
  }

  /** @throws not-found */
  async get(runId: string): Promise<KnownRun> {
    const run = await this.load(runId);
    if (!run) throw errors.notFound('run-not-found', `Run with id=${runId} not found`, 'run_id');
    return run;
  }

  /** A run that may be written to: neither it nor its experiment is deleted. @throws not-found, state */
  async active(runId: string): Promise<KnownRun> {
    const run = await this.get(runId);
    const { lifecycle } = await this.experiments.get(run.experimentId);
    if (run.lifecycle === 'active' && lifecycle === 'active') return run;
    throw new CustodyError(runDeleted(run.id).refusal);
  }

  /** For the artifacts room: which experiment a run belongs to, and whether it takes files. */
  async find(runId: string): Promise<{ experimentId: ExperimentId; active: boolean } | undefined> {
    const run = await this.load(runId);
    if (!run) return undefined;
    const { lifecycle } = await this.experiments.get(run.experimentId);
    return { experimentId: run.experimentId, active: run.lifecycle === 'active' && lifecycle === 'active' };
  }
}
