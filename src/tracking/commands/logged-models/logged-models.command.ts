import { Command } from '@nestjs/cqrs';
import { CommandContext, ExperimentId, LoggedModelId } from '../../../core/index.js';
import { LoggedModel, ModelStatus } from '../../logged-model/events.js';
import { Param } from '../../run/events.js';

export interface CreateLoggedModelInput {
  readonly experimentId: ExperimentId;
  readonly name?: string;
  readonly modelType?: string;
  readonly sourceRunId?: string;
  readonly params?: readonly Param[];
  readonly tags?: readonly Param[];
}

export class CreateLoggedModel extends Command<{ modelId: LoggedModelId; model: LoggedModel }> {
  constructor(
    readonly context: CommandContext,
    readonly input: CreateLoggedModelInput,
  ) {
    super();
  }
}

/** Whether its files are all there. */
export class FinalizeLoggedModel extends Command<{ model: LoggedModel }> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly modelId: LoggedModelId; readonly status: ModelStatus },
  ) {
    super();
  }
}

export class LogModelParams extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly modelId: LoggedModelId; readonly params: readonly Param[] },
  ) {
    super();
  }
}

export class SetModelTags extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly modelId: LoggedModelId; readonly tags: readonly Param[] },
  ) {
    super();
  }
}

export class DeleteModelTag extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly modelId: LoggedModelId; readonly key: string },
  ) {
    super();
  }
}

/** A registered version was made from the model; the same one again changes nothing. */
export class NoteModelVersion extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly modelId: LoggedModelId; readonly name: string; readonly version: number },
  ) {
    super();
  }
}

export class DeleteLoggedModel extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly modelId: LoggedModelId },
  ) {
    super();
  }
}
