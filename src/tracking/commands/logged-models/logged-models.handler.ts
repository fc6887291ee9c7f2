import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import {
  CommandContext,
  CustodyError,
  hexId,
  LoggedModelId,
  microsToMillis,
  PersonalData,
} from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { ExperimentReader } from '../../experiment/experiment-reader.js';
import { modelTagsProblem } from '../../logged-model/checks.js';
import { LoggedModelCommand, loggedModelDecider, loggedModelStream } from '../../logged-model/decide.js';
import { LoggedModelReader } from '../../logged-model/logged-model-reader.js';
import { RunReader } from '../../run/run-reader.js';
import { sealTags } from '../../run/sealed-tags.js';
import { runName } from '../runs/run-name.js';
import {
  CreateLoggedModel,
  DeleteLoggedModel,
  DeleteModelTag,
  FinalizeLoggedModel,
  LogModelParams,
  NoteModelVersion,
  SetModelTags,
} from './logged-models.command.js';

/** The same command sent twice makes one model. */
const newModelId = ({ idempotencyKey }: CommandContext): LoggedModelId =>
  `m-${idempotencyKey === undefined ? hexId() : hexId('logged-model', idempotencyKey)}` as LoggedModelId;

@CommandHandler(CreateLoggedModel)
export class CreateLoggedModelHandler implements ICommandHandler<CreateLoggedModel> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
    private readonly runs: RunReader,
    private readonly personal: PersonalData,
  ) {}

  async execute({ context, input }: CreateLoggedModel) {
    const { experimentId, name = runName(), modelType, sourceRunId, params = [], tags = [] } = input;
    await this.experiments.active(experimentId);
    // A model that says it came from a run must not name one that never was.
    const run = sourceRunId === undefined ? {} : { sourceRunId: (await this.runs.get(sourceRunId)).id };
    // Once sealed, a value can no longer be seen to be too long.
    const problem = modelTagsProblem(tags);
    if (problem) throw new CustodyError(problem);
    const modelId = newModelId(context);
    const command = {
      type: 'create',
      modelId,
      experimentId,
      name,
      ...(modelType === undefined ? {} : { modelType }),
      ...run,
      params,
      tags: sealTags(tags, context, this.personal),
      at: microsToMillis(context.now),
    } as const;
    const { state } = await this.decisions.decide(loggedModelDecider, loggedModelStream(modelId), command, context);
    return { modelId, model: state };
  }
}

const change = (
  decisions: DecisionMaker,
  modelId: LoggedModelId,
  command: LoggedModelCommand,
  context: CommandContext,
) => decisions.decide(loggedModelDecider, loggedModelStream(modelId), command, context);

@CommandHandler(FinalizeLoggedModel)
export class FinalizeLoggedModelHandler implements ICommandHandler<FinalizeLoggedModel> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { modelId, status } }: FinalizeLoggedModel) {
    await this.models.active(modelId);
    const command = { type: 'finalize', status, at: microsToMillis(context.now) } as const;
    return { model: (await change(this.decisions, modelId, command, context)).state };
  }
}

@CommandHandler(LogModelParams)
export class LogModelParamsHandler implements ICommandHandler<LogModelParams> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { modelId, params } }: LogModelParams): Promise<void> {
    await this.models.active(modelId);
    await change(this.decisions, modelId, { type: 'log-params', params }, context);
  }
}

@CommandHandler(SetModelTags)
export class SetModelTagsHandler implements ICommandHandler<SetModelTags> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly models: LoggedModelReader,
    private readonly personal: PersonalData,
  ) {}
  async execute({ context, input: { modelId, tags } }: SetModelTags): Promise<void> {
    await this.models.active(modelId);
    const problem = modelTagsProblem(tags);
    if (problem) throw new CustodyError(problem);
    const sealed = sealTags(tags, context, this.personal);
    await change(this.decisions, modelId, { type: 'set-tags', tags: sealed }, context);
  }
}

@CommandHandler(DeleteModelTag)
export class DeleteModelTagHandler implements ICommandHandler<DeleteModelTag> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { modelId, key } }: DeleteModelTag): Promise<void> {
    await this.models.active(modelId);
    await change(this.decisions, modelId, { type: 'delete-tag', key }, context);
  }
}

@CommandHandler(NoteModelVersion)
export class NoteModelVersionHandler implements ICommandHandler<NoteModelVersion> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { modelId, ...version } }: NoteModelVersion): Promise<void> {
    await this.models.active(modelId);
    await change(this.decisions, modelId, { type: 'note-version', version }, context);
  }
}

@CommandHandler(DeleteLoggedModel)
export class DeleteLoggedModelHandler implements ICommandHandler<DeleteLoggedModel> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly models: LoggedModelReader,
  ) {}
  async execute({ context, input: { modelId } }: DeleteLoggedModel): Promise<void> {
    await this.models.get(modelId);
    await change(this.decisions, modelId, { type: 'delete', at: microsToMillis(context.now) }, context);
  }
}

export const loggedModelHandlers = [
  CreateLoggedModelHandler,
  FinalizeLoggedModelHandler,
  LogModelParamsHandler,
  SetModelTagsHandler,
  DeleteModelTagHandler,
  NoteModelVersionHandler,
  DeleteLoggedModelHandler,
];
