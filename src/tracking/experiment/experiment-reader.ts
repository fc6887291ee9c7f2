import { Injectable } from '@nestjs/common';
import { errors, ExperimentId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { experimentDecider, experimentStream } from './decide.js';
import { directoryDecider, EXPERIMENT_DIRECTORY } from './directory.js';
import { Experiment } from './events.js';

/** Experiments as the log has them now, for commands: no read model, nothing behind. */
@Injectable()
export class ExperimentReader {
  constructor(private readonly decisions: DecisionMaker) {}

  /** @throws not-found */
  async get(id: ExperimentId): Promise<Experiment> {
    if (!isExperimentId(id)) throw invalidExperimentId(id);
    // What is no id of ours must not become the name of a stream.
    const known = /^\d{1,19}$/.test(id)
      ? (await this.decisions.load(experimentDecider, experimentStream(id))).state
      : undefined;
    if (known?.id === undefined)
      throw errors.notFound('experiment-not-found', `No Experiment with id=${id} exists`, 'experiment_id');
    return known;
  }

  /** The name that an experiment has today. @throws not-found */
  async nameOf(id: ExperimentId): Promise<string> {
    const { name } = await this.get(id);
    const { state } = await this.decisions.load(directoryDecider, EXPERIMENT_DIRECTORY);
    return state.byId.get(id) ?? name;
  }

  /** @throws not-found, or state when it is deleted */
  async active(id: ExperimentId): Promise<Experiment> {
    const experiment = await this.get(id);
    if (experiment.lifecycle === 'active') return experiment;
    throw errors.state(
      'experiment-deleted',
      `The experiment ${id} must be in the 'active' state. Current state is deleted.`,
      'experiment_id',
    );
  }

  async byName(name: string): Promise<{ experimentId: ExperimentId; lifecycle: Experiment['lifecycle'] } | undefined> {
    const { state } = await this.decisions.load(directoryDecider, EXPERIMENT_DIRECTORY);
    const experimentId = state.byName.get(name);
    if (experimentId === undefined) return undefined;
    const { state: experiment } = await this.decisions.load(experimentDecider, experimentStream(experimentId));
    return experiment.id === undefined ? undefined : { experimentId, lifecycle: experiment.lifecycle };
  }
}

/** MLflow reads ids as whole numbers; what is none is a mistake, not an experiment that is missing. */
export const isExperimentId = (id: string): boolean => /^-?\d+$/.test(id);

export const invalidExperimentId = (id: string, field = 'experiment_id') =>
  errors.invalid(
    'invalid-experiment-id',
    `Invalid experiment ID '${id.slice(0, 80)}'. Experiment ID must be a valid integer.`,
    field,
  );
