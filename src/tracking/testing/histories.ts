import fc from 'fast-check';
import {
  CustodyError,
  EventCatalogue,
  ExperimentId,
  FixedClock,
  LoggedModelId,
  RunId,
  systemContext,
  UserId,
} from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { ExperimentCommand, experimentDecider, experimentStream } from '../experiment/decide.js';
import { directoryDecider, EXPERIMENT_DIRECTORY } from '../experiment/directory.js';
import { trackingEvents } from '../index.js';
import { LoggedModelCommand, loggedModelDecider, loggedModelStream } from '../logged-model/decide.js';
import { MODEL_STATUSES } from '../logged-model/events.js';
import { metricEvents, metricsStream, RunCommand, runDecider, runStream } from '../run/decide.js';
import { Metric, RUN_STATUSES } from '../run/events.js';
import { sealTags } from '../run/sealed-tags.js';
import { TestSealing } from './sealing.js';

export const RUNS = ['a', 'b', 'c'].map((letter) => letter.repeat(32) as RunId);
export const MODELS = ['d', 'e'].map((letter) => `m-${letter.repeat(32)}` as LoggedModelId);
export const EXPERIMENTS = ['1', '2'] as ExperimentId[];
const NAMES = ['A', 'B', 'C'];

export type Step =
  | { readonly on: 'experiment'; readonly id: ExperimentId; readonly command: ExperimentCommand }
  | { readonly on: 'directory'; readonly id: ExperimentId; readonly name: string }
  | { readonly on: 'run'; readonly id: RunId; readonly command: RunCommand }
  | { readonly on: 'model'; readonly id: LoggedModelId; readonly command: LoggedModelCommand }
  | { readonly on: 'metrics'; readonly id: RunId; readonly metrics: readonly Metric[] };

const few = fc.integer({ min: 0, max: 2 });
const key = fc.constantFrom('k', 'l');
const text = fc.constantFrom('', '1', '2');
/** Few different values, so that points repeat and tie; every kind of number is among them. */
export const aMetric: fc.Arbitrary<Metric> = fc.record({
  key,
  value: fc.constantFrom<Metric['value'][]>(0, 1.5, -1.5, -0, 1e308, 'NaN', 'Infinity', '-Infinity'),
  timestamp: few,
  step: few.map((step) => step - 1),
});
const modelId = fc.constantFrom(...MODELS);
/** One point in three is about a logged model too. */
const loggedMetric: fc.Arbitrary<Metric> = fc
  .tuple(aMetric, fc.option(modelId, { freq: 1, nil: undefined }), fc.option(key, { nil: undefined }))
  .map(([metric, id, dataset]) => ({
    ...metric,
    ...(id === undefined ? {} : { modelId: id, ...(dataset === undefined ? {} : { datasetName: dataset }) }),
  }));
const param = fc.record({ key, value: text });
const tag = fc.record({ key: fc.constantFrom('k', 'mlflow.runName', 'mlflow.user'), value: text });
/** A schema that is recorded in two parts; an input without both of them is refused. */
const LONG = { sha256: 'a'.repeat(64), parts: 2 };
const input = fc.record(
  {
    name: key,
    digest: key,
    sourceType: fc.constant('local'),
    source: text,
    tags: fc.array(param, { maxLength: 1 }),
    schemaText: fc.constant(LONG),
  },
  { requiredKeys: ['name', 'digest', 'sourceType', 'source', 'tags'] },
);

const runCommand = (runId: RunId): fc.Arbitrary<RunCommand> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('start' as const),
        runId: fc.constant(runId),
        experimentId: fc.constantFrom(...EXPERIMENTS),
        name: fc.constantFrom('n', 'm'),
        startTime: few,
        tags: fc.array(param, { maxLength: 2 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('log' as const),
        metrics: fc.array(loggedMetric, { maxLength: 5 }),
        params: fc.array(param, { maxLength: 2 }),
        tags: fc.array(tag, { maxLength: 3 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record(
        { type: fc.constant('update' as const), name: text, status: fc.constantFrom(...RUN_STATUSES), endTime: few },
        { requiredKeys: ['type'] },
      ),
    },
    fc.record({ type: fc.constant('delete-tag' as const), key: fc.constantFrom('k', 'mlflow.runName') }),
    fc.record({
      type: fc.constant('record-input-texts' as const),
      texts: fc.subarray([0, 1]).map((parts) => parts.map((part) => ({ sha256: LONG.sha256, part, text: `${part}` }))),
    }),
    fc.record({
      type: fc.constant('log-inputs' as const),
      inputs: fc.array(input, { maxLength: 3 }),
      models: fc.array(modelId, { maxLength: 2 }),
    }),
    fc.record({
      type: fc.constant('log-outputs' as const),
      models: fc.array(fc.record({ modelId, step: few }), { maxLength: 2 }),
    }),
    fc.constantFrom({ type: 'delete' } as const, { type: 'restore' } as const),
  );

const experimentCommand: fc.Arbitrary<ExperimentCommand> = fc.oneof(
  fc.record({ type: fc.constantFrom('delete' as const, 'restore' as const), name: fc.constant('A') }),
  fc.record({ type: fc.constant('set-tag' as const), name: fc.constant('A'), key, value: text }),
  fc.record({ type: fc.constant('delete-tag' as const), name: fc.constant('A'), key }),
);

const modelTag = fc.record({ key: fc.constantFrom('k', 'mlflow.user'), value: text });
const modelCommand = (id: LoggedModelId): fc.Arbitrary<LoggedModelCommand> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('create' as const),
        modelId: fc.constant(id),
        experimentId: fc.constantFrom(...EXPERIMENTS),
        name: key,
        params: fc.array(param, { maxLength: 2 }),
        tags: fc.array(modelTag, { maxLength: 2 }),
        at: few,
      }),
    },
    fc.record({ type: fc.constant('log-params' as const), params: fc.array(param, { maxLength: 2 }) }),
    fc.record({ type: fc.constant('set-tags' as const), tags: fc.array(modelTag, { maxLength: 2 }) }),
    fc.record({ type: fc.constant('delete-tag' as const), key: fc.constantFrom('k', 'mlflow.user') }),
    fc.record({
      type: fc.constant('finalize' as const),
      status: fc.constantFrom(...MODEL_STATUSES),
      at: few,
    }),
    fc.record({ type: fc.constant('delete' as const), at: few }),
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: modelId.chain((id) =>
      fc.record({ on: fc.constant('model' as const), id: fc.constant(id), command: modelCommand(id) }),
    ),
  },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(...RUNS)
      .chain((id) => fc.record({ on: fc.constant('run' as const), id: fc.constant(id), command: runCommand(id) })),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      on: fc.constant('metrics' as const),
      id: fc.constantFrom(...RUNS),
      metrics: fc.array(loggedMetric, { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      on: fc.constant('experiment' as const),
      id: fc.constantFrom(...EXPERIMENTS),
      command: experimentCommand,
    }),
  },
  fc.record({
    on: fc.constant('directory' as const),
    id: fc.constantFrom(...EXPERIMENTS),
    name: fc.constantFrom(...NAMES),
  }),
);

/** Any history of two experiments and three runs, in the portions that whoever follows it takes it in. */
export const aHistory = fc.record({
  steps: fc.array(fc.array(step, { maxLength: 12, size: 'max' }), { maxLength: 8, size: 'max' }),
  batch: fc.integer({ min: 1, max: 9 }),
});

/** A log that the room's own deciders write, step by step; what they refuse leaves no trace. */
export class History {
  readonly clock = new FixedClock();
  readonly ledger = new MemoryLedger(this.clock);
  readonly personal = new TestSealing();
  readonly decisions = new DecisionMaker(this.ledger, new EventCatalogue(trackingEvents));

  static async begin(): Promise<History> {
    const history = new History();
    for (const [index, experimentId] of EXPERIMENTS.entries()) {
      const name = NAMES[index]!;
      const { decisions, context } = history;
      await decisions.decide(directoryDecider, EXPERIMENT_DIRECTORY, { type: 'reserve', name }, context());
      const command = { type: 'create', experimentId, name, tags: [{ key: 'k', value: '0' }] } as const;
      await decisions.decide(experimentDecider, experimentStream(experimentId), command, context());
    }
    return history;
  }

  async take(step: Step): Promise<void> {
    this.clock.advance(1000);
    await this.write(step).catch((error: unknown) => {
      if (!(error instanceof CustodyError)) throw error;
    });
  }

  readonly context = () => {
    const system = systemContext(this.clock.now(), 'test');
    return { ...system, actor: { ...system.actor, id: 'u-ada' as UserId } };
  };

  private async write(step: Step): Promise<unknown> {
    const { decisions } = this;
    const context = this.context();
    if (step.on === 'experiment')
      return decisions.decide(experimentDecider, experimentStream(step.id), step.command, context);
    if (step.on === 'directory') {
      const rename = { type: 'rename', experimentId: step.id, name: step.name } as const;
      return decisions.decide(directoryDecider, EXPERIMENT_DIRECTORY, rename, context);
    }
    if (step.on === 'model') {
      const command = this.sealedModel(step.command);
      return decisions.decide(loggedModelDecider, loggedModelStream(step.id), command, context);
    }
    if (step.on === 'run') return decisions.decide(runDecider, runStream(step.id), this.sealed(step.command), context);
    const { state } = await decisions.load(runDecider, runStream(step.id));
    if (state.id === undefined || state.lifecycle === 'deleted') return;
    const { id: runId, experimentId } = state;
    return decisions.record(metricsStream(runId), metricEvents(step.metrics, { runId, experimentId }), context);
  }

  private sealed(command: RunCommand): RunCommand {
    if (command.type !== 'log') return command;
    const tags = command.tags.flatMap((tag) =>
      typeof tag.value === 'string' ? [{ key: tag.key, value: tag.value }] : [],
    );
    return { ...command, tags: sealTags(tags, this.context(), this.personal) };
  }

  private sealedModel(command: LoggedModelCommand): LoggedModelCommand {
    if (command.type !== 'create' && command.type !== 'set-tags') return command;
    const plain = command.tags.flatMap(({ key, value }) => (typeof value === 'string' ? [{ key, value }] : []));
    return { ...command, tags: sealTags(plain, this.context(), this.personal) };
  }
}
