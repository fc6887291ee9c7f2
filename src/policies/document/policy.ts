import { Role } from '../../core/index.js';
import { Stage } from '../../registry/index.js';

/** Those who may decide on requests at all. */
export const DECIDERS = ['reviewer', 'auditor', 'privacy-officer', 'admin'] as const satisfies readonly Role[];
export type DecidingRole = (typeof DECIDERS)[number];

export const SEPARATIONS = ['trained_run', 'registered_version'] as const;
export type Separation = (typeof SEPARATIONS)[number];

export const LINEAGE = ['run', 'finished', 'parameters', 'code'] as const;
export type LineagePart = (typeof LINEAGE)[number];

export const CHANGES = ['data', 'parameters', 'features', 'algorithm', 'code'] as const;
export type Change = (typeof CHANGES)[number];

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

export interface Step {
  readonly role: DecidingRole;
  readonly approvals: number;
}

export interface Approvals {
  readonly order: 'parallel' | 'sequential';
  readonly expires_after_hours: number;
  readonly steps: readonly Step[];
  /** More of them for what is tagged so, of the version, its run or its model. */
  readonly additional: readonly (Step & {
    readonly when: { readonly tag: string; readonly values: readonly string[] };
  })[];
}

export interface Threshold {
  readonly metric: string;
  readonly at_least?: number;
  readonly at_most?: number;
}

export interface NoWorse {
  readonly metric: string;
  readonly margin: number;
  readonly better: 'higher' | 'lower';
}

export type Gate =
  | { readonly gate: 'required_tags'; readonly tags: { readonly [key: string]: readonly string[] } }
  | { readonly gate: 'metrics'; readonly metrics: readonly Threshold[] }
  | { readonly gate: 'no_worse_than_production'; readonly metrics: readonly NoWorse[] }
  | { readonly gate: 'data_registered'; readonly contexts: readonly string[] }
  | { readonly gate: 'lineage'; readonly require: readonly LineagePart[] }
  | { readonly gate: 'model_signature' }
  | { readonly gate: 'artifacts_verified' }
  | { readonly gate: 'reproduction_verified' }
  /** Without columns, rows are the same when all columns that both have are. */
  | { readonly gate: 'disjoint_data'; readonly by?: readonly string[]; readonly split: boolean }
  | { readonly gate: 'cool_down'; readonly after_registration_hours?: number; readonly after_promotion_hours?: number };

export type GateName = Gate['gate'];

export type FreezeWindow =
  | { readonly name: string; readonly from: string; readonly to: string }
  | {
      readonly name: string;
      readonly days: readonly Day[];
      /** `HH:MM`; a window whose end is not after its beginning ends on the next day. */
      readonly start: string;
      readonly end: string;
      readonly timezone: string;
    };

export interface Modification {
  readonly kind: string;
  readonly changes: readonly Change[];
  /** Which parameters may change; all of them where none are named. */
  readonly parameters?: readonly string[];
  readonly limits: readonly (Threshold & { readonly margin?: number; readonly better?: 'higher' | 'lower' })[];
  readonly steps: readonly Step[];
}

/** A predetermined change control plan: what may change how far without a new authorisation. */
export interface ChangePlan {
  readonly reference: string;
  readonly modifications: readonly Modification[];
  /** Versions outside the plan that were authorised one by one. */
  readonly authorised: readonly { readonly model: string; readonly version: number; readonly why: string }[];
}

/** A policy as it is written, with what was left out filled in. Its digest is over this, in canonical JSON. */
export interface PolicyDocument {
  readonly custody_policy: 1;
  readonly name: string;
  readonly description: string;
  readonly models: readonly string[];
  readonly protects: {
    readonly stages: readonly Stage[];
    readonly aliases: readonly string[];
    readonly leaving: boolean;
  };
  readonly approvals: Approvals;
  readonly separation_of_duties: readonly Separation[];
  readonly gates: readonly Gate[];
  readonly freeze_windows: readonly FreezeWindow[];
  readonly change_plan?: ChangePlan;
  /** Who approves the next version of this policy; the built-in rule where nothing is said. */
  readonly publication?: { readonly steps: readonly Step[]; readonly expires_after_hours: number };
}
