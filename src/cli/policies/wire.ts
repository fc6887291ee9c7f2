import { PeopleWire } from '../approvals/wire.js';

export interface PolicyWire {
  readonly name: string;
  readonly status: string;
  readonly version_in_force: number | null;
  readonly latest_version: number;
  readonly models: readonly string[];
  readonly protects: { readonly stages: readonly string[]; readonly aliases: readonly string[] };
}

export interface VersionWire {
  readonly name: string;
  readonly version: number;
  readonly status: string;
  readonly digest: string;
  readonly author: string;
}

export interface GatesWire {
  readonly model: string;
  readonly version: string;
  readonly to: string;
  readonly type: 'stage' | 'alias';
  readonly governed: boolean;
  readonly passed: boolean;
  readonly gates: readonly {
    readonly policy: string;
    readonly gate: string;
    readonly passed: boolean;
    readonly why: string;
  }[];
  readonly approvals?: {
    readonly order: string;
    readonly steps: readonly { readonly role: string; readonly approvals: number }[];
    readonly excluded: readonly { readonly user_id: string; readonly why: string }[];
  };
  readonly people: PeopleWire;
}
