import { JsonObject, UserId } from '../../core/index.js';

/** What an approver is shown of the run that a version comes from. */
export interface RunEvidence {
  readonly params: JsonObject;
  readonly metrics: JsonObject;
  readonly tags: JsonObject;
  readonly inputs: readonly { readonly name: string; readonly digest: string; readonly context?: string }[];
  /** Whoever started it, and for whom a service did. */
  readonly trainedBy: readonly UserId[];
}

/** Runs, as far as approvals need them. Abstract class: the application fills it from the room that has them. */
export abstract class RunEvidenceReader {
  /** Of a run; `undefined` when there is none. */
  abstract of(runId: string): Promise<RunEvidence | undefined>;
}
