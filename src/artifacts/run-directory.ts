import { ExperimentId, LoggedModelId, RunId } from '../core/index.js';

/**
 * Whom files belong to: a run, or a logged model. Their ids can't be taken for one another, so the folder
 * of a logged model stands wherever that of a run may stand (`runId` in commands and queries of this room).
 */
export type ArtifactOwner = RunId | LoggedModelId;

export const isLoggedModel = (owner: ArtifactOwner): owner is LoggedModelId => owner.startsWith('m-');

export interface KnownRun {
  readonly experimentId: ExperimentId;
  /** False once the run or model, or the experiment around it, is deleted: nothing may be written to it then. */
  readonly active: boolean;
}

/** Which runs and logged models there are. Owned by `tracking`; the rooms that they matter to ask through this. */
export abstract class RunDirectory {
  abstract find(owner: ArtifactOwner): Promise<KnownRun | undefined>;
}
