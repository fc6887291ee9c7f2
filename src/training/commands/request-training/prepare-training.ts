import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CommandContext, hexId } from '../../../core/index.js';
import { DatasetReader, EnsureExperiment } from '../../../tracking/index.js';
import { ForestParameters, LIMS_COLUMNS, readParameters, requireCsv } from '../../engine/index.js';
import { stratifiedSplit, TEST_SHARE } from '../../engine/split.js';
import type { TrainingRequest } from '../../job/events.js';
import { RequestTrainingInput } from './request-training.command.js';
import { checkRequest } from './rules.js';

/** What the caller says, as it is recorded. */
type Asked = Pick<TrainingRequest, 'datasetId' | 'experimentName' | 'modelName' | 'runName' | 'parameters' | 'tags'>;

/**
 * Everything that can be wrong with a request is found here, before anything of it is recorded: a worker
 * should fail only for reasons that nobody could see.
 */
@Injectable()
export class PrepareTraining {
  constructor(
    private readonly commands: CommandBus,
    private readonly datasets: DatasetReader,
  ) {}

  async prepare(jobId: string, context: CommandContext, input: RequestTrainingInput): Promise<TrainingRequest> {
    const parameters = readParameters(input.parameters);
    const asked = askedOf(input, parameters);
    const { info, bytes } = await this.datasets.load(input.datasetId);
    checkData(bytes, parameters);
    // Last, because it may make the experiment; it refuses a wrong name without making one.
    const ensure = new EnsureExperiment(context, { name: input.experimentName });
    const { experimentId } = await this.commands.execute(ensure);
    return {
      jobId,
      runId: hexId('run-of-job', jobId),
      experimentId,
      requestedBy: context.actor.id,
      datasetSha256: info.sha256,
      datasetName: info.name,
      split: { testShare: TEST_SHARE, stratified: true },
      ...asked,
    };
  }
}

/** The request of a job that exists, as this input would have made it: differs where the caller says otherwise. */
export const askedAgain = (job: TrainingRequest, input: RequestTrainingInput): TrainingRequest => ({
  ...job,
  ...askedOf(input, readParameters(input.parameters)),
});

function askedOf(input: RequestTrainingInput, parameters: ForestParameters): Asked {
  checkRequest(input);
  const { datasetId, experimentName, modelName, runName = null, tags = {} } = input;
  return { datasetId, experimentName, modelName, runName, parameters: { ...parameters }, tags: { ...tags } };
}

/** Every row, and enough of both classes to train and to test on. */
function checkData(bytes: Uint8Array, { random_state }: ForestParameters): void {
  const labels = requireCsv(bytes, LIMS_COLUMNS).map(({ label }) => label);
  stratifiedSplit(labels, random_state);
}
