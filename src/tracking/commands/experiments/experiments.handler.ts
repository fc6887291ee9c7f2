import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, CustodyError, errors, ExperimentId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { creationProblem, experimentDecider, experimentStream } from '../../experiment/decide.js';
import { DEFAULT_EXPERIMENT, directoryDecider, EXPERIMENT_DIRECTORY } from '../../experiment/directory.js';
import { ExperimentReader } from '../../experiment/experiment-reader.js';
import {
  ChangeExperimentLifecycle,
  CreateExperiment,
  CreateExperimentInput,
  DeleteExperimentTag,
  EnsureDefaultExperiment,
  EnsureExperiment,
  RenameExperiment,
  SetExperimentTag,
} from './experiments.command.js';

/**
 * Two steps: the directory reserves the name, then the experiment's own stream begins. Whoever finds a
 * name reserved without an experiment behind it (a crash in between) makes the experiment.
 */
async function make(
  decisions: DecisionMaker,
  { name, tags = [], artifactLocation }: CreateExperimentInput,
  context: CommandContext,
) {
  const made = { tags, ...(artifactLocation === undefined ? {} : { artifactLocation }) };
  const problem = creationProblem(made);
  if (problem) throw new CustodyError(problem);
  const { state } = await decisions.decide(directoryDecider, EXPERIMENT_DIRECTORY, { type: 'reserve', name }, context);
  const experimentId = state.byName.get(name)!;
  const command = { type: 'create', experimentId, name, ...made } as const;
  await decisions.decide(experimentDecider, experimentStream(experimentId), command, context);
  return { experimentId };
}

@CommandHandler(CreateExperiment)
export class CreateExperimentHandler implements ICommandHandler<CreateExperiment> {
  constructor(private readonly decisions: DecisionMaker) {}
  execute({ context, input }: CreateExperiment) {
    return make(this.decisions, input, context);
  }
}

@CommandHandler(EnsureExperiment)
export class EnsureExperimentHandler implements ICommandHandler<EnsureExperiment> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
  ) {}

  async execute({ context, input }: EnsureExperiment): Promise<{ experimentId: ExperimentId }> {
    const found = await this.experiments.byName(input.name);
    if (found?.lifecycle === 'deleted')
      throw errors.state(
        'experiment-deleted',
        `the experiment '${input.name}' is deleted; restore it or use another name`,
        'experiment_name',
      );
    if (found) return { experimentId: found.experimentId };
    try {
      return await make(this.decisions, input, context);
    } catch (error) {
      // Somebody made it at the same moment.
      const now = await this.experiments.byName(input.name);
      if (now?.lifecycle === 'active') return { experimentId: now.experimentId };
      throw error;
    }
  }
}

@CommandHandler(EnsureDefaultExperiment)
export class EnsureDefaultExperimentHandler implements ICommandHandler<EnsureDefaultExperiment> {
  constructor(private readonly decisions: DecisionMaker) {}
  async execute({ context }: EnsureDefaultExperiment): Promise<void> {
    const { experimentId, name } = DEFAULT_EXPERIMENT;
    await this.decisions.decide(directoryDecider, EXPERIMENT_DIRECTORY, { type: 'reserve-default' }, context);
    const stream = experimentStream(experimentId);
    const create = { type: 'create', experimentId, name, tags: [] } as const;
    await this.decisions.decide(experimentDecider, stream, create, context).catch((error: unknown) => {
      // It is there already, perhaps since a moment ago: several processes start at once.
      if (!(error instanceof CustodyError && error.kind === 'already-exists')) throw error;
    });
  }
}

@CommandHandler(RenameExperiment)
export class RenameExperimentHandler implements ICommandHandler<RenameExperiment> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
  ) {}
  async execute({ context, input: { experimentId, name } }: RenameExperiment): Promise<void> {
    await this.experiments.active(experimentId);
    await this.decisions.decide(
      directoryDecider,
      EXPERIMENT_DIRECTORY,
      { type: 'rename', experimentId, name },
      context,
    );
  }
}

@CommandHandler(ChangeExperimentLifecycle)
export class ChangeExperimentLifecycleHandler implements ICommandHandler<ChangeExperimentLifecycle> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
  ) {}
  async execute({ context, input: { experimentId, change } }: ChangeExperimentLifecycle): Promise<void> {
    const name = await this.experiments.nameOf(experimentId);
    await this.decisions.decide(experimentDecider, experimentStream(experimentId), { type: change, name }, context);
  }
}

@CommandHandler(SetExperimentTag)
export class SetExperimentTagHandler implements ICommandHandler<SetExperimentTag> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
  ) {}
  async execute({ context, input: { experimentId, key, value } }: SetExperimentTag): Promise<void> {
    const name = await this.experiments.nameOf(experimentId);
    await this.decisions.decide(
      experimentDecider,
      experimentStream(experimentId),
      { type: 'set-tag', name, key, value },
      context,
    );
  }
}

@CommandHandler(DeleteExperimentTag)
export class DeleteExperimentTagHandler implements ICommandHandler<DeleteExperimentTag> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
  ) {}
  async execute({ context, input: { experimentId, key } }: DeleteExperimentTag): Promise<void> {
    const name = await this.experiments.nameOf(experimentId);
    await this.decisions.decide(
      experimentDecider,
      experimentStream(experimentId),
      { type: 'delete-tag', name, key },
      context,
    );
  }
}
