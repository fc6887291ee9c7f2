import { Command } from '@nestjs/cqrs';
import { CommandContext, ExperimentId } from '../../../core/index.js';
import { Tag } from '../../experiment/events.js';

export interface CreateExperimentInput {
  readonly name: string;
  readonly tags?: readonly Tag[];
  readonly artifactLocation?: string;
}

/** Refuses a name that is taken. */
export class CreateExperiment extends Command<{ experimentId: ExperimentId }> {
  constructor(
    readonly context: CommandContext,
    readonly input: CreateExperimentInput,
  ) {
    super();
  }
}

/** The experiment of this name, made when there is none. Refuses a deleted one. */
export class EnsureExperiment extends Command<{ experimentId: ExperimentId }> {
  constructor(
    readonly context: CommandContext,
    readonly input: CreateExperimentInput,
  ) {
    super();
  }
}

/** The experiment `0` that MLflow's clients take for granted. */
export class EnsureDefaultExperiment extends Command<void> {
  constructor(readonly context: CommandContext) {
    super();
  }
}

export class RenameExperiment extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly experimentId: ExperimentId; readonly name: string },
  ) {
    super();
  }
}

/** Delete or restore; the runs go along. */
export class ChangeExperimentLifecycle extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly experimentId: ExperimentId; readonly change: 'delete' | 'restore' },
  ) {
    super();
  }
}

export class SetExperimentTag extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly experimentId: ExperimentId } & Tag,
  ) {
    super();
  }
}

export class DeleteExperimentTag extends Command<void> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly experimentId: ExperimentId; readonly key: string },
  ) {
    super();
  }
}
