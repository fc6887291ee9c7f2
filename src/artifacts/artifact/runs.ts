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
    throw notFound(runId, isLoggedModel(runId), where);
  }
  return run;
}

/** Whose artifacts are asked for. What can't be an id is one that nobody has, as for MLflow. */
export function ownerId(text: string, kind: 'run' | 'logged-model'): ArtifactOwner {
  const form = kind === 'run' ? /^[0-9a-f]{32}$/ : /^m-[0-9a-f]{32}$/;
  if (form.test(text)) return text as ArtifactOwner;
  throw notFound(text, kind === 'logged-model');
}

const notFound = (id: string, loggedModel: boolean, where = '') =>
  loggedModel
    ? errors.notFound('logged-model-not-found', `Logged model with ID '${id}' not found${where}.`, 'model_id')
    : errors.notFound('run-not-found', `Run with id=${id} not found${where}`, 'run_id');

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
