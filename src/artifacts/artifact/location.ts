import { errors, ExperimentId, RunId } from '../../core/index.js';
import { artifactFolder } from './path.js';

/** A place among a run's artifacts; `path` is empty for the root of them. */
export interface ArtifactLocation {
  readonly experimentId: ExperimentId;
  readonly runId: RunId;
  readonly path: string;
}

const RUN_ID = /^[0-9a-f]{32}$/;

export function runId(text: string, field = 'run_id'): RunId {
  if (!RUN_ID.test(text))
    throw errors.invalid('run-id-invalid', `Invalid run id: it must be 32 lower-case hex digits`, field);
  return text as RunId;
}

export const rootUri = ({ experimentId, runId }: Pick<ArtifactLocation, 'experimentId' | 'runId'>): string =>
  `mlflow-artifacts:/${experimentId}/${runId}/artifacts`;

/** Reads `<experiment>/<run>/artifacts[/<path>]`, the layout that `rootUri` tells clients to use. */
export function artifactLocation(text: string, field = 'path'): ArtifactLocation {
  const path = artifactFolder(text, field);
  const match = /^(0|[1-9]\d{0,18})\/([0-9a-f]{32})\/artifacts(?:\/(.+))?$/s.exec(path);
  if (!match) {
    throw errors.invalid('artifact-location-invalid', 'artifacts lie under <experiment>/<run>/artifacts/', field);
  }
  return { experimentId: match[1] as ExperimentId, runId: match[2] as RunId, path: match[3] ?? '' };
}
