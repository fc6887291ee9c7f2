import { Injectable } from '@nestjs/common';
import { Map as Kept } from 'immutable';
import { accept, Actor, Decider, LoggedModelId, Position, RunId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { metricsStream, runDecider, runStream } from './decide.js';
import { Metric, RecordedInput, Run, RunEvent } from './events.js';

/** A run as it was, with who wrote to it. */
export interface RunRecord {
  readonly runId: RunId;
  readonly status: Run['status'];
  readonly lifecycle: Run['lifecycle'];
  readonly params: ReadonlyMap<string, string>;
  /** Those that tell of no person. */
  readonly tags: ReadonlyMap<string, string>;
  readonly inputs: readonly RecordedInput[];
  /** Everybody who started it, or logged what it is judged by. */
  readonly writers: readonly Actor[];
  /** The latest point under each key that is this logged model's, or else belongs to none. */
  readonly metrics: ReadonlyMap<string, Metric>;
}

type Latest = Kept<string, Kept<LoggedModelId | '', Metric>>;
type MetricsLogged = Extract<RunEvent, { type: 'MetricsLogged' }>;

/** The latest point has the highest step, then time; of two such, the one that came last. */
const later = (a: Metric, b: Metric): boolean => (a.step !== b.step ? a.step > b.step : a.timestamp >= b.timestamp);

function add(latest: Latest, { data }: MetricsLogged): Latest {
  return latest.withMutations((all) => {
    for (const point of data.metrics) {
      const owner = point.modelId ?? '';
      const of = all.get(point.key) ?? Kept();
      const known = of.get(owner);
      if (!known || later(point, known)) all.set(point.key, of.set(owner, point));
    }
  });
}

/** Never decides anything: as a decider, so that what was read once is not read again. */
const latestMetrics: Decider<Latest, never, MetricsLogged> = {
  initial: Kept(),
  evolve: add,
  decide: () => accept(),
};

const WRITES: ReadonlySet<string> = new Set([
  'RunStarted',
  'ParamsLogged',
  'MetricsLogged',
  'InputsLogged',
  'ModelOutputsLogged',
  'RunEnded',
]);

/** Answers what a run was at any time, from the log itself: never behind, and the same in every process. */
@Injectable()
export class RunHistory {
  constructor(private readonly decisions: DecisionMaker) {}

  /** As it is now, or was before a position; `undefined` when there was none. */
  async read(runId: RunId, loggedModelId?: string, before?: Position): Promise<RunRecord | undefined> {
    let run = runDecider.initial;
    let latest = await this.points(runId, before);
    const inputs: RecordedInput[] = [];
    const writers = new Map<string, Actor>();
    for await (const event of this.decisions.history<RunEvent>(runStream(runId), before)) {
      run = runDecider.evolve(run, event);
      if (event.type === 'MetricsLogged') latest = add(latest, event);
      if (event.type === 'InputsLogged') inputs.push(...event.data.inputs);
      if (WRITES.has(event.type)) writers.set(event.actor.onBehalfOf ?? event.actor.id, event.actor);
    }
    if (run.id === undefined) return undefined;
    const { status, lifecycle } = run;
    const metrics = metricsOf(latest, loggedModelId);
    const params = new Map(run.params);
    return { runId, status, lifecycle, params, tags: plain(run), inputs, writers: [...writers.values()], metrics };
  }

  private async points(runId: RunId, before?: Position): Promise<Latest> {
    const stream = metricsStream(runId);
    if (before === undefined) return (await this.decisions.load(latestMetrics, stream)).state;
    let latest: Latest = latestMetrics.initial;
    for await (const event of this.decisions.history<MetricsLogged>(stream, before)) latest = add(latest, event);
    return latest;
  }
}

const plain = ({ tags }: Run): ReadonlyMap<string, string> =>
  new Map([...tags].filter((tag): tag is [string, string] => typeof tag[1] === 'string'));

function metricsOf(latest: Latest, loggedModelId: string | undefined): ReadonlyMap<string, Metric> {
  return new Map(
    [...latest].flatMap(([key, points]) => {
      const found =
        loggedModelId === undefined
          ? [...points.values()].reduce((a, b) => (later(b, a) ? b : a))
          : (points.get(loggedModelId as LoggedModelId) ?? points.get(''));
      return found === undefined ? [] : [[key, found] as const];
    }),
  );
}
