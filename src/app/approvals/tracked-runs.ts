import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { CustodyError, UserId } from '../../core/index.js';
import { type Ledger, LEDGER } from '../../ledger/index.js';
import { RunEvidence, RunEvidenceReader } from '../../registry/index.js';
import { GetRun, RunReader } from '../../tracking/index.js';

const CONTEXT = 'mlflow.data.context';

/** The registry's port, filled by the room that keeps runs: parameters and tags from the log, metrics from the read model. */
@Injectable()
export class TrackedRuns extends RunEvidenceReader {
  constructor(
    private readonly runs: RunReader,
    private readonly queries: QueryBus,
    @Inject(LEDGER) private readonly ledger: Ledger,
  ) {
    super();
  }

  async of(runId: string): Promise<RunEvidence | undefined> {
    const run = await this.runs.load(runId);
    if (!run) return undefined;
    const { metrics, inputs } = await this.measured(runId);
    // What is sealed tells who somebody is, and no more about the model.
    const tags = [...run.tags].filter((tag): tag is [string, string] => typeof tag[1] === 'string');
    return {
      params: Object.fromEntries(run.params),
      tags: Object.fromEntries(tags),
      metrics,
      inputs,
      trainedBy: await this.startedBy(runId),
    };
  }

  private async measured(runId: string): Promise<Pick<RunEvidence, 'metrics' | 'inputs'>> {
    try {
      const { metrics, inputs } = await this.queries.execute(new GetRun(runId));
      return {
        metrics: Object.fromEntries(metrics.map(({ key, value, is_nan }) => [key, number(value, is_nan)])),
        inputs: inputs.map(({ name, digest, tags }) => {
          const context = tags.find(({ key }) => key === CONTEXT)?.value;
          return { name, digest, ...(context === undefined ? {} : { context }) };
        }),
      };
    } catch (error) {
      // The read model does not know it yet, or it was deleted.
      if (error instanceof CustodyError && error.kind === 'not-found') return { metrics: {}, inputs: [] };
      throw error;
    }
  }

  /** Who started it is the actor of its first event, whatever the client says its user is called. */
  private async startedBy(runId: string): Promise<readonly UserId[]> {
    const [started] = await this.ledger.read(`run-${runId}`, { limit: 1 });
    if (!started) return [];
    const { id, onBehalfOf, kind } = started.actor;
    return [...(onBehalfOf === undefined ? [] : [onBehalfOf]), ...(kind === 'system' ? [] : [id])];
  }
}

/** JSON has no NaN and no infinities: they are words, as on MLflow's wire. */
const number = (value: number, isNaN: number): number | string =>
  isNaN ? 'NaN' : Number.isFinite(value) ? value : value > 0 ? 'Infinity' : '-Infinity';
