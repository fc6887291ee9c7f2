import { errors, ExperimentId, LoggedModelId, ManifestDigest, RunId } from '../../core/index.js';
import { ArtifactOwner, isLoggedModel } from '../run-directory.js';
import { artifactFolder } from './path.js';

/** A place among the artifacts of a run or a logged model; `path` is empty for the root of them. */
export interface OwnedLocation<Owner extends ArtifactOwner = ArtifactOwner> {
  readonly experimentId: ExperimentId;
  readonly runId: Owner;
  readonly path: string;
}
/** A place among a run's artifacts. */
export type ArtifactLocation = OwnedLocation<RunId>;

const RUN_ID = /^[0-9a-f]{32}$/;

export function runId(text: string, field = 'run_id'): RunId {
  if (!RUN_ID.test(text))
    throw errors.invalid('run-id-invalid', `Invalid run id: it must be 32 lower-case hex digits`, field);
  return text as RunId;
}

export const rootUri = ({ experimentId, runId }: Pick<OwnedLocation, 'experimentId' | 'runId'>): string =>
  `mlflow-artifacts:/${experimentId}/${isLoggedModel(runId) ? 'models/' : ''}${runId}/artifacts`;

const RUN_PLACE = /^(0|[1-9]\d{0,18})\/([0-9a-f]{32})\/artifacts(?:\/(.+))?$/s;
const MODEL_PLACE = /^(0|[1-9]\d{0,18})\/models\/(m-[0-9a-f]{32})\/artifacts(?:\/(.+))?$/s;

/** A place among sealed artifacts, which are read only. */
export interface SealedLocation {
  readonly manifest: ManifestDigest;
  readonly path: string;
}

export const sealedUri = (manifest: ManifestDigest): string => `mlflow-artifacts:/sealed/${manifest}`;

const SEALED_PLACE = /^sealed\/([0-9a-f]{64})(?:\/(.+))?$/s;

/** Reads `sealed/<manifest>[/<path>]`; `undefined` for anything else. */
export function sealedLocation(text: string, field = 'path'): SealedLocation | undefined {
  const [, manifest, path = ''] = SEALED_PLACE.exec(artifactFolder(text, field)) ?? [];
  return manifest === undefined ? undefined : { manifest: manifest as ManifestDigest, path };
}

/** Reads `<experiment>/<run>/artifacts[/<path>]`, the layout that `rootUri` tells clients to use. */
export function artifactLocation(text: string, field = 'path'): ArtifactLocation {
  const found = placed<RunId>(RUN_PLACE, text, field);
  if (found) return found;
  throw errors.invalid('artifact-location-invalid', 'artifacts lie under <experiment>/<run>/artifacts/', field);
}

/** The same, and `<experiment>/models/<logged model>/artifacts[/<path>]`. */
export function ownedLocation(text: string, field = 'path'): OwnedLocation {
  const found = placed<RunId>(RUN_PLACE, text, field) ?? placed<LoggedModelId>(MODEL_PLACE, text, field);
  if (found) return found;
  if (sealedLocation(text, field))
    throw errors.state(
      'artifacts-sealed',
      'sealed artifacts can be read, never changed: a version is made of them',
      field,
    );
  throw errors.invalid(
    'artifact-location-invalid',
    'artifacts lie under <experiment>/<run>/artifacts/ or <experiment>/models/<model>/artifacts/',
    field,
  );
}

function placed<Owner extends ArtifactOwner>(
  place: RegExp,
  text: string,
  field: string,
): OwnedLocation<Owner> | undefined {
  const match = place.exec(artifactFolder(text, field));
  if (!match) return undefined;
  return { experimentId: match[1] as ExperimentId, runId: match[2] as Owner, path: match[3] ?? '' };
}
