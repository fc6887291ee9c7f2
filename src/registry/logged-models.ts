import { CommandContext, ExperimentId, RunId } from '../core/index.js';

export interface LoggedModelMetric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

/** A model that a client logged to an experiment, as far as the registry wants to know. */
export interface KnownLoggedModel {
  readonly experimentId: ExperimentId;
  /** Where its files are: `mlflow-artifacts:/<experiment>/models/<model id>/artifacts`. */
  readonly artifactUri: string;
  readonly sourceRunId?: RunId;
  readonly params: readonly (readonly [key: string, value: string])[];
  readonly metrics: readonly LoggedModelMetric[];
}

/**
 * Which logged models there are. Owned by `tracking`; the app fills it. As long as nobody does, versions
 * of logged models are refused.
 */
export abstract class LoggedModels {
  /** `undefined` also for one that is deleted. */
  abstract find(loggedModelId: string): Promise<KnownLoggedModel | undefined>;

  /** The newest one of this name that the run logged: what MLflow's clients look for behind `runs:/<run>/<name>`. */
  abstract ofRun(runId: RunId, name: string): Promise<string | undefined>;

  /**
   * Tells the logged model of a version that was made from it (MLflow's tag `mlflow.modelVersions`). May
   * come twice for the same version; then it must change nothing.
   */
  abstract noteVersion(
    context: CommandContext,
    loggedModelId: string,
    version: { readonly name: string; readonly version: number },
  ): Promise<void>;
}
