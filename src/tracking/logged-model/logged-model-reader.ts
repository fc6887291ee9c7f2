import { Injectable } from '@nestjs/common';
import { CustodyError, errors, ExperimentId, LoggedModelId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { ExperimentReader } from '../experiment/experiment-reader.js';
import { loggedModelDecider, loggedModelDeleted, loggedModelStream } from './decide.js';
import { LoggedModel } from './events.js';

export interface KnownLoggedModel extends LoggedModel {
  readonly id: LoggedModelId;
}

/** Logged models as the log has them now, for commands: no read model, nothing behind. */
@Injectable()
export class LoggedModelReader {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly experiments: ExperimentReader,
  ) {}

  async load(modelId: string): Promise<KnownLoggedModel | undefined> {
    // What is no id of ours must not become the name of a stream.
    if (!/^m-[0-9a-f]{32}$/.test(modelId)) return undefined;
    const { state } = await this.decisions.load(loggedModelDecider, loggedModelStream(modelId as LoggedModelId));
    return state.id === undefined ? undefined : { ...state, id: state.id };
  }

  /** @throws not-found */
  async get(modelId: string): Promise<KnownLoggedModel> {
    const model = await this.load(modelId);
    if (!model) throw loggedModelNotFound(modelId);
    return model;
  }

  /** A model that may be written to: neither it nor its experiment is deleted. @throws not-found, state */
  async active(modelId: string): Promise<KnownLoggedModel> {
    const model = await this.get(modelId);
    if (model.lifecycle === 'deleted') throw new CustodyError(loggedModelDeleted(model.id));
    await this.experiments.active(model.experimentId);
    return model;
  }

  /** For the artifacts room: which experiment a model belongs to, and whether it takes files. */
  async find(modelId: string): Promise<{ experimentId: ExperimentId; active: boolean } | undefined> {
    const model = await this.load(modelId);
    if (!model) return undefined;
    const { lifecycle } = await this.experiments.get(model.experimentId);
    return { experimentId: model.experimentId, active: model.lifecycle === 'active' && lifecycle === 'active' };
  }
}

export const loggedModelNotFound = (modelId: string): CustodyError =>
  errors.notFound('logged-model-not-found', `Logged model with ID '${modelId}' not found.`, 'model_id');
