import { errors, ExperimentId } from '../../core/index.js';
import { ArtifactOwner, isLoggedModel, KnownRun, RunDirectory } from '../run-directory.js';

/** @throws CustodyError `run-not-found` or `logged-model-not-found`, also when it is another experiment's */
export async function existingRun(
  runs: RunDirectory,
  { runId, experimentId }: { readonly runId: ArtifactOwner; readonly experimentId?: ExperimentId },
): Promise<KnownRun> {
  const run = await runs.find(runId);
  if (!run || (experimentId !== undefined && run.experimentId !== experimentId)) {
    const where = experimentId === undefined ? '' : ` in experiment ${experimentId}`;
    throw isLoggedModel(runId)
      ? errors.notFound('logged-model-not-found', `Logged model with ID '${runId}' not found${where}.`, 'model_id')
      : errors.notFound('run-not-found', `Run with id=${runId} not found${where}`, 'run_id');
  }
  return run;
}

export function writableRun({ active }: KnownRun, runId: ArtifactOwner): void {
  if (active) return;
  throw isLoggedModel(runId)
    ? errors.state(
        'logged-model-deleted',
        `The logged model ${runId} must be in the 'active' state, it is 'deleted'`,
        'model_id',
      )
    : errors.state('run-deleted', `The run ${runId} must be in the 'active' state, it is 'deleted'`, 'run_id');
}
