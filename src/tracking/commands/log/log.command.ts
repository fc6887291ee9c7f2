import { Command } from '@nestjs/cqrs';
import { CommandContext, JsonObject, LoggedModelId, RunId } from '../../../core/index.js';
import { DatasetInput, Metric, ModelOutput, Param } from '../../run/events.js';

/** One metric point: the command that a lab sends most. */
export class LogMetric extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly runId: RunId; readonly metric: Metric },
  ) {
    super();
  }
}

/** Metrics, parameters and tags together: all of it or nothing. */
export class LogBatch extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: {
      readonly runId: RunId;
      readonly metrics?: readonly Metric[];
      readonly params?: readonly Param[];
      readonly tags?: readonly Param[];
    },
  ) {
    super();
  }
}

export class LogParam extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly runId: RunId } & Param,
  ) {
    super();
  }
}

export class SetTag extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly runId: RunId } & Param,
  ) {
    super();
  }
}

export class DeleteTag extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly runId: RunId; readonly key: string },
  ) {
    super();
  }
}

/** Data sets and logged models that went into a run. */
export class LogInputs extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: {
      readonly runId: RunId;
      readonly inputs: readonly DatasetInput[];
      readonly models?: readonly LoggedModelId[];
    },
  ) {
    super();
  }
}

/** Logged models that a run made. */
export class LogOutputs extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly runId: RunId; readonly models: readonly ModelOutput[] },
  ) {
    super();
  }
}

/** A model among a run's own artifacts, as clients before MLflow 3 tell of it. */
export class RecordModel extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly runId: RunId; readonly model: JsonObject },
  ) {
    super();
  }
}
