import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, hexId, microsToMillis, PersonalData, RunId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { ExperimentReader } from '../../experiment/experiment-reader.js';
import { runDecider, runStream } from '../../run/decide.js';
import { RunReader } from '../../run/run-reader.js';
import { sealTags, subjectOf } from '../../run/sealed-tags.js';
import { runName } from './run-name.js';
import { ChangeRunLifecycle, EndRun, StartRun } from './runs.command.js';

/** The same command sent twice starts one run. */
const newRunId = ({ idempotencyKey }: CommandContext): RunId =>
  (idempotencyKey === undefined ? hexId() : hexId('run', idempotencyKey)) as RunId;

@CommandHandler(StartRun)
export class StartRunHandler implements ICommandHandler<StartRun> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
    private readonly personal: PersonalData,
  ) {}

  async execute({ context, input }: StartRun) {
    await this.experiments.active(input.experimentId);
    const { tags = [], userId, experimentId } = input;
    const runId = input.runId ?? newRunId(context);
    const name = input.name || tags.find(({ key }) => key === 'mlflow.runName')?.value || runName();
    const startTime = input.startTime ?? microsToMillis(context.now);
    const user = userId ? { user: this.personal.seal(subjectOf(context), userId) } : {};
    const command = {
      type: 'start',
      runId,
      experimentId,
      name,
      startTime,
      tags: sealTags(tags, context, this.personal),
      ...user,
    } as const;
    const { state } = await this.decisions.decide(runDecider, runStream(runId), command, context);
    return { runId, run: state };
  }
}

@CommandHandler(EndRun)
export class EndRunHandler implements ICommandHandler<EndRun> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunReader,
  ) {}
  async execute({ context, input: { runId, ...change } }: EndRun) {
    await this.runs.active(runId);
    const { state } = await this.decisions.decide(runDecider, runStream(runId), { type: 'update', ...change }, context);
    return { run: state };
  }
}

@CommandHandler(ChangeRunLifecycle)
export class ChangeRunLifecycleHandler implements ICommandHandler<ChangeRunLifecycle> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly runs: RunReader,
    private readonly experiments: ExperimentReader,
  ) {}

  /** A run that is deleted with its experiment comes back with it, and not before. */
  async execute({ context, input: { runId, change } }: ChangeRunLifecycle): Promise<void> {
    const { experimentId } = await this.runs.get(runId);
    if (change === 'restore') await this.experiments.active(experimentId);
    await this.decisions.decide(runDecider, runStream(runId), { type: change }, context);
  }
}
