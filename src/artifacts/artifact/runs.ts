import { errors, ExperimentId, RunId } from '../../core/index.js';
import { KnownRun, RunDirectory } from '../run-directory.js';

/** @throws CustodyError `run-not-found`, also when the run is another experiment's */
export async function existingRun(
  runs: RunDirectory,
  { runId, experimentId }: { readonly runId: RunId; readonly experimentId?: ExperimentId },
): Promise<KnownRun> {
  const run = await runs.find(runId);
  if (!run || (experimentId !== undefined && run.experimentId !== experimentId)) {
    const where = experimentId === undefined ? '' : ` in experiment ${experimentId}`;
    throw errors.notFound('run-not-found', `Run with id=${runId} not found${where}`, 'run_id');
  }
  return run;
}

export function writableRun({ active }: KnownRun, runId: RunId): void {
  if (!active)
    throw errors.state('run-deleted', `The run ${runId} must be in the 'active' state, it is 'deleted'`, 'run_id');
}
