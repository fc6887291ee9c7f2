import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { StoreArtifact } from '../../artifacts/index.js';
import { CommandContext, CustodyError, errors, ExperimentId, hexId, microsToMillis, RunId } from '../../core/index.js';
import { CreateModelVersion, RegisterModel } from '../../registry/index.js';
import { Dataset, DatasetReader, EndRun, LogBatch, LogInputs, RunReader, StartRun } from '../../tracking/index.js';
import { Artifact, MODEL_PATH, readParameters, TrainingOutput } from '../engine/index.js';
import type { ArtifactDigest, TrainingRequest, TrainingResult } from '../job/events.js';
import { modelFolder, modelHistory, ModelIdentity } from '../mlflow-model/index.js';
import { Call } from './call.js';
import { datasetInput } from './dataset-input.js';
import { type ResolvedOptions, TRAINING_WORKER } from './options.js';
import { Trainer } from './trainer.js';

/**
 * What makes a model out of a request, through the commands that everybody uses. Every step can be
 * repeated, by a later attempt or by two workers at once, and is then one write: runs and versions by
 * their ids, metrics by their events' ids, the rest because it is there already. Training itself gives
 * the same bytes each time, so it does not matter which attempt's step came first.
 */
@Injectable()
export class TrainingSteps {
  constructor(
    private readonly commands: CommandBus,
    private readonly datasets: DatasetReader,
    private readonly runs: RunReader,
    private readonly trainer: Trainer,
    @Inject(TRAINING_WORKER) private readonly options: ResolvedOptions,
  ) {}

  async train(call: Call, halt: AbortSignal): Promise<TrainingResult> {
    const { request } = call;
    await this.openRun(call);
    const { info, bytes } = await this.snapshot(request);
    await this.logRequest(call, info);
    const control = { signal: halt, onProgress: this.progressOf(request.jobId) };
    const output = await this.trainer.train({ data: bytes, parameters: readParameters(request.parameters) }, control);
    await this.logOutcome(call, output);
    const identity = await this.identityOf(request);
    const artifacts = await this.storeArtifacts(call, [...output.artifacts, ...modelFolder(output, identity)], halt);
    await this.logModel(call, identity);
    await this.finishRun(call);
    halt.throwIfAborted();
    const { modelId, version } = await this.registerVersion(call);
    return { modelId, version, metrics: { ...output.metrics }, artifacts };
  }

  /** The run of a job that ends without a model must not look as if it went on. */
  async closeRun(call: Call): Promise<void> {
    const runId = call.request.runId as RunId;
    const run = await this.runs.load(runId);
    // Not started yet, or ended, or deleted by somebody: then there is nothing to close.
    if (run?.status !== 'RUNNING' || run.lifecycle === 'deleted') return;
    try {
      await this.commands.execute(new EndRun(this.context(call), { runId, status: 'FAILED', endTime: this.millis() }));
    } catch (error) {
      if (!(error instanceof CustodyError && error.kind === 'state')) throw error;
    }
  }

  private async openRun(call: Call): Promise<void> {
    const { request } = call;
    const [runId, experimentId] = [request.runId as RunId, request.experimentId as ExperimentId];
    const name = request.runName ?? undefined;
    const start = { runId, experimentId, name, startTime: this.millis(), tags: this.tagsOf(request) };
    const { run } = await this.commands.execute(new StartRun(this.context(call, 'start-run'), start));
    // A job that was parked comes back: so does its run.
    if (run.status === 'FAILED') {
      await this.commands.execute(new EndRun(this.context(call), { runId, status: 'RUNNING' }));
    }
  }

  /** All tags go in with the start, and only then: a later attempt must not undo what people changed since. */
  private tagsOf({ jobId, datasetId, datasetSha256, tags }: TrainingRequest) {
    const ours = {
      'mlflow.source.name': 'custody-worker',
      'mlflow.source.type': 'JOB',
      'custody.job_id': jobId,
      'custody.dataset_id': datasetId,
      'custody.dataset_sha256': datasetSha256,
      'custody.code_version': this.options.codeVersion,
    };
    return Object.entries({ ...tags, ...ours }).map(([key, value]) => ({ key, value }));
  }

  private async snapshot({ datasetId, datasetSha256 }: TrainingRequest) {
    const loaded = await this.datasets.load(datasetId);
    if (loaded.info.sha256 === datasetSha256) return loaded;
    throw errors.state('dataset-changed', `data set ${datasetId} is not the one that was asked for`, 'dataset_id');
  }

  private async logRequest(call: Call, info: Dataset): Promise<void> {
    const runId = call.request.runId as RunId;
    const parameters = { ...call.request.parameters, data_source: info.name };
    const params = Object.entries(parameters).map(([key, value]) => ({ key, value: String(value) }));
    await this.commands.execute(new LogBatch(this.context(call, 'log-parameters'), { runId, params }));
    await this.commands.execute(
      new LogInputs(this.context(call, 'log-inputs'), { runId, inputs: [datasetInput(info)] }),
    );
  }

  private async logOutcome(call: Call, { rows, metrics, importances }: TrainingOutput): Promise<void> {
    const runId = call.request.runId as RunId;
    const params = [
      { key: 'training_samples', value: String(rows.training) },
      { key: 'test_samples', value: String(rows.test) },
    ];
    await this.commands.execute(new LogBatch(this.context(call, 'log-samples'), { runId, params }));
    const at = { timestamp: this.millis(), step: 0 };
    const points = [
      ...Object.entries(metrics).map(([key, value]) => ({ key, value: Number(value), ...at })),
      // As metrics, so that weekly runs show which feature moved.
      ...importances.map(({ feature, importance }) => ({
        key: `feature_importance/${feature}`,
        value: importance,
        ...at,
      })),
    ];
    await this.commands.execute(new LogBatch(this.context(call, 'log-metrics'), { runId, metrics: points }));
  }

  /** Of the first attempt, whichever attempt asks. */
  private async identityOf({ jobId, runId }: TrainingRequest): Promise<ModelIdentity> {
    const { startTime } = await this.runs.get(runId);
    return { runId, modelUuid: hexId('model', jobId), createdAt: startTime, artifactPath: MODEL_PATH };
  }

  private async storeArtifacts(
    call: Call,
    artifacts: readonly Artifact[],
    halt: AbortSignal,
  ): Promise<readonly ArtifactDigest[]> {
    const [runId, experimentId] = [call.request.runId as RunId, call.request.experimentId as ExperimentId];
    const stored: ArtifactDigest[] = [];
    for (const { path, bytes } of artifacts) {
      halt.throwIfAborted();
      const context = this.context(call, `store-artifact/${path}`);
      const input = { runId, experimentId, path, body: Buffer.from(bytes) };
      const { size, sha256 } = await this.commands.execute(new StoreArtifact(context, input));
      stored.push({ path, size, sha256 });
    }
    return stored;
  }

  /** By this tag MLflow's client and pages find the models of a run. */
  private async logModel(call: Call, identity: ModelIdentity): Promise<void> {
    const tags = [{ key: 'mlflow.log-model.history', value: modelHistory(identity) }];
    const input = { runId: call.request.runId as RunId, tags };
    await this.commands.execute(new LogBatch(this.context(call, 'log-model'), input));
  }

  private async finishRun(call: Call): Promise<void> {
    const run = await this.runs.get(call.request.runId);
    if (run.status === 'FINISHED') return;
    const end = { runId: run.id, status: 'FINISHED', endTime: this.millis() } as const;
    await this.commands.execute(new EndRun(this.context(call), end));
  }

  private async registerVersion(call: Call): Promise<Pick<TrainingResult, 'modelId' | 'version'>> {
    const { jobId, runId, modelName: name, datasetId, datasetSha256, requestedBy } = call.request;
    await this.commands.execute(new RegisterModel(this.context(call), { name })).catch((error: unknown) => {
      if (!(error instanceof CustodyError && error.kind === 'already-exists')) throw error;
    });
    const lineage = {
      'custody.job_id': jobId,
      'custody.dataset_id': datasetId,
      'custody.dataset_sha256': datasetSha256,
      'custody.requested_by': requestedBy,
    };
    const tags = Object.entries(lineage).map(([key, value]) => ({ key, value }));
    const input = { name, source: `runs:/${runId}/${MODEL_PATH}`, runId: runId as RunId, tags, requestKey: jobId };
    const { modelId, version } = await this.commands.execute(
      new CreateModelVersion(this.context(call, 'create-version'), input),
    );
    return { modelId, version };
  }

  /** With a step, what is repeated gets the same event ids; without one, the state itself tells that it is done. */
  private context(call: Call, step?: string): CommandContext {
    const now = this.options.clock.now();
    return step === undefined ? call.context(now) : call.step(step, now);
  }

  private millis(): number {
    return microsToMillis(this.options.clock.now());
  }

  private progressOf(
    jobId: string,
  ): (progress: { readonly step: string; readonly trees: number; readonly of: number }) => void {
    let told = -1;
    return ({ step, trees, of }) => {
      const quarter = Math.floor((4 * trees) / of);
      if (step === 'growing' && quarter === told) return;
      told = quarter;
      this.options.log.info({ jobId, step, trees, of }, 'training');
    };
  }
}
