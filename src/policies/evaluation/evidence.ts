import { UserId } from '../../core/index.js';
import { Stage } from '../../registry/index.js';

/*
 * What a policy is judged on: plain values, so that they can be recorded with the judgement, and the same
 * values lead to the same judgement for ever. `gather.ts` collects them.
 */

export type Target =
  | { readonly type: 'stage'; readonly to: Stage }
  | { readonly type: 'alias'; readonly to: string }
  | { readonly type: 'delete-alias'; readonly to: string };

/** A value with who set it, and whether that was a service acting by itself. */
export interface TagEvidence {
  readonly value: string;
  readonly by: UserId;
  readonly byService: boolean;
}

export interface MetricEvidence {
  /** JSON has no NaN and no infinities: they are words. */
  readonly value: number | 'NaN' | 'Infinity' | '-Infinity';
  /** Of the data set that it was measured on, where the point says so. */
  readonly dataset?: string;
}

/** A registered data set; `kept` says whether its bytes are here. */
export interface SnapshotEvidence {
  readonly datasetId: string;
  readonly sha256: string;
  readonly rows: number;
  readonly kept: boolean;
}

export interface InputEvidence {
  readonly name: string;
  readonly digest: string;
  /** `training`, `testing`, …; empty where nobody said. */
  readonly context: string;
  /** The registered data set that it names. */
  readonly snapshot?: SnapshotEvidence;
}

export interface RunEvidence {
  readonly runId: string;
  readonly status: string;
  readonly deleted: boolean;
  readonly params: { readonly [key: string]: string };
  readonly metrics: { readonly [key: string]: MetricEvidence };
  readonly inputs: readonly InputEvidence[];
  /** The commit of the code, where it is recorded. */
  readonly code?: string;
  readonly writers: readonly UserId[];
}

export interface SignatureEvidence {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface FilesEvidence {
  readonly kept: boolean;
  readonly files: number;
  readonly description: 'missing' | 'unreadable' | 'read';
  readonly signature?: SignatureEvidence;
  readonly flavors: readonly string[];
  /** Which files were read and are not what was recorded; absent where nobody asked. */
  readonly damaged?: readonly string[];
}

export interface VersionEvidence {
  readonly version: number;
  readonly stage: Stage;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly registeredBy: UserId;
  readonly tags: { readonly [key: string]: TagEvidence };
  readonly runTags: { readonly [key: string]: string };
  readonly run?: RunEvidence;
  readonly files?: FilesEvidence;
}

/** Rows that training and test data have in common, by the columns that were asked for. */
export interface OverlapEvidence {
  readonly by: readonly string[];
  readonly training: string;
  readonly testing: string;
  /** Rows of the test data that are in the training data; for one snapshot, rows that are in it twice. */
  readonly shared: number;
  readonly columns: readonly string[];
  readonly problem?: string;
}

export interface ReproductionEvidence {
  readonly runId: string;
  readonly run?: RunEvidence;
}

export interface Evidence {
  readonly modelId: string;
  readonly model: string;
  readonly target: Target;
  /** ISO 8601. */
  readonly at: string;
  readonly modelTags: { readonly [key: string]: string };
  readonly version: VersionEvidence;
  /** The version in Production now; the newest, where there are several. */
  readonly production?: VersionEvidence;
  /** Unix milliseconds of when a version last came into Production. */
  readonly promotedAt?: number;
  readonly reproduction?: ReproductionEvidence;
  readonly overlaps: readonly OverlapEvidence[];
}
