import { CommandBus, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError, PersonalData } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { batchProblem, inputsProblem, metricProblem, paramProblem, tagProblem } from '../../run/checks.js';
import { metricEvents, metricsStream, RunCommand, runDecider, runStream } from '../../run/decide.js';
import { spreadInputs } from '../../run/input-texts.js';
import { RunReader } from '../../run/run-reader.js';
import { sealInputs, sealTags } from '../../run/sealed-tags.js';
import { packed } from '../../run/sizes.js';
import { LoggedModelReader } from '../../logged-model/logged-model-reader.js';
import { Metric } from '../../run/events.js';
import { DeleteTag, LogBatch, LogInputs, LogMetric, LogOutputs, LogParam, RecordModel, SetTag } from './log.command.js';

/** Points about a logged model ask whether there is one; all others pass without a look at anything. */
async function checkModels(models: LoggedModelReader, metrics: readonly Metric[]): Promise<void> {
  let last: string | undefined;
  for (const { modelId } of metrics) {
    if (modelId === undefined || modelId === last) continue;
    await models.active(modelId);
    last = modelId;
  }
}

@CommandHandler(LogMetric)
export class LogMetricHandler implements ICommandHandler<LogMetric> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunReader,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { runId, metric } }: LogMetric): Promise<void> {
    const problem = metricProblem(metric);
    if (problem) throw new CustodyError(problem);
    const { experimentId } = await this.runs.active(runId);
    if (metric.modelId !== undefined) await this.models.active(metric.modelId);
    await this.decisions.record(metricsStream(runId), metricEvents([metric], { runId, experimentId }), context);
  }
}

@CommandHandler(LogBatch)
export class LogBatchHandler implements ICommandHandler<LogBatch> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunReader,
    private readonly personal: PersonalData,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { runId, metrics = [], params = [], tags = [] } }: LogBatch): Promise<void> {
    const { experimentId } = await this.runs.active(runId);
    await checkModels(this.models, metrics);
    if (params.length > 0 || tags.length > 0) {
      // The run must decide on these, and one decision is one append: its metrics go along.
      const command = { type: 'log', metrics, params, tags: sealTags(tags, context, this.personal) } as const;
      await this.decisions.decide(runDecider, runStream(runId), command, context);
      return;
    }
    const problem = batchProblem({ metrics, params, tags: [] });
    if (problem) throw new CustodyError(problem);
    if (metrics.length > 0)
      await this.decisions.record(metricsStream(runId), metricEvents(metrics, { runId, experimentId }), context);
  }
}

@CommandHandler(LogParam)
export class LogParamHandler implements ICommandHandler<LogParam> {
  constructor(private readonly bus: CommandBus) {}
  async execute({ context, input: { runId, key, value } }: LogParam): Promise<void> {
    const problem = paramProblem({ key, value });
    if (problem) throw new CustodyError(problem);
    return this.bus.execute(new LogBatch(context, { runId, params: [{ key, value }] }));
  }
}

@CommandHandler(SetTag)
export class SetTagHandler implements ICommandHandler<SetTag> {
  constructor(private readonly bus: CommandBus) {}
  async execute({ context, input: { runId, key, value } }: SetTag): Promise<void> {
    const problem = tagProblem({ key, value });
    if (problem) throw new CustodyError(problem);
    return this.bus.execute(new LogBatch(context, { runId, tags: [{ key, value }] }));
  }
}

@CommandHandler(DeleteTag)
export class DeleteTagHandler implements ICommandHandler<DeleteTag> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunReader,
  ) {}
  async execute({ context, input: { runId, key } }: DeleteTag): Promise<void> {
    await this.runs.active(runId);
    await this.decisions.decide(runDecider, runStream(runId), { type: 'delete-tag', key }, context);
  }
}

@CommandHandler(LogInputs)
export class LogInputsHandler implements ICommandHandler<LogInputs> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunReader,
    private readonly personal: PersonalData,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { runId, inputs, models = [] } }: LogInputs): Promise<void> {
    await this.runs.active(runId);
    // Once sealed, a source can no longer be seen to be too long.
    const problem = inputsProblem(inputs);
    if (problem) throw new CustodyError(problem);
    for (const modelId of models) await this.models.get(modelId);
    const decide = (command: RunCommand) => this.decisions.decide(runDecider, runStream(runId), command, context);
    const { texts, inputs: light } = spreadInputs(sealInputs(inputs, context, this.personal));
    const [first = [], ...others] = packed(light);
    // An append holds hardly more than an event. What a crash leaves out, the client's retry adds; nothing
    // that is recorded is lacking a part, and a refusal comes before the first of them.
    for (const part of packed(texts)) await decide({ type: 'record-input-texts', texts: part });
    await decide({ type: 'log-inputs', inputs: first, models });
    for (const part of others) await decide({ type: 'log-inputs', inputs: part });
  }
}

@CommandHandler(LogOutputs)
export class LogOutputsHandler implements ICommandHandler<LogOutputs> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunReader,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { runId, models } }: LogOutputs): Promise<void> {
    await this.runs.active(runId);
    for (const { modelId } of models) await this.models.get(modelId);
    await this.decisions.decide(runDecider, runStream(runId), { type: 'log-outputs', models }, context);
  }
}

@CommandHandler(RecordModel)
export class RecordModelHandler implements ICommandHandler<RecordModel> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunReader,
  ) {}
  async execute({ context, input: { runId, model } }: RecordModel): Promise<void> {
    await this.runs.active(runId);
    await this.decisions.decide(runDecider, runStream(runId), { type: 'record-model', model }, context);
  }
}
