import { ExperimentId, RunId } from '../core/index.js';

export interface KnownRun {
  readonly experimentId: ExperimentId;
  /** False once the run, or the experiment around it, is deleted: nothing may be written to it then. */
  readonly active: boolean;
}

/** Which runs there are. Owned by `tracking`; the rooms that runs matter to ask through this. */
export abstract class RunDirectory {
  abstract find(runId: RunId): Promise<KnownRun | undefined>;
}
