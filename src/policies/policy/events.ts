import { DomainEvent, EventDefinition, JsonObject, never, UserId } from '../../core/index.js';
import { PolicyDocument } from '../document/policy.js';

/** What a policy would have done to what happened before it. */
export interface DryRun {
  /** The log up to here was looked at. */
  readonly asOf: number;
  readonly considered: number;
  /** Gates that were not tried on all moves: reading all files of the older ones would have been too much. */
  readonly leftOut: readonly string[];
  readonly blocked: readonly BlockedTransition[];
}

export interface BlockedTransition {
  readonly position: number;
  readonly at: string;
  readonly model: string;
  readonly version: number;
  /** `Production`, or `@champion`. */
  readonly to: string;
  readonly why: readonly { readonly gate: string; readonly why: string }[];
}

interface OfPolicy {
  readonly name: string;
}
interface OfVersion extends OfPolicy {
  readonly version: number;
  /** SHA-256, in hex, of the document's canonical JSON. */
  readonly digest: string;
}

export type PolicyDrafted = DomainEvent<
  'PolicyDrafted',
  OfVersion & { readonly author: UserId; readonly source: string; readonly document: PolicyDocument }
>;
export type PolicyProposed = DomainEvent<'PolicyProposed', OfVersion & { readonly dryRun: DryRun }>;
export type PolicyPublished = DomainEvent<
  'PolicyPublished',
  OfVersion & { readonly approvalId: string; readonly replaces?: number }
>;
export type PolicyRetired = DomainEvent<'PolicyRetired', OfVersion & { readonly approvalId: string }>;
export type PolicyEvent = PolicyDrafted | PolicyProposed | PolicyPublished | PolicyRetired;

export type PolicyListed = DomainEvent<'PolicyListed', OfPolicy>;

export interface PolicyVersion {
  readonly version: number;
  readonly digest: string;
  readonly author: UserId;
  readonly source: string;
  readonly document: PolicyDocument;
  readonly dryRun?: DryRun;
  readonly everPublished?: true;
}

export interface Policy {
  readonly versions: readonly PolicyVersion[];
  /** The number of the version in force. */
  readonly published?: number;
  readonly retired: boolean;
}

export const noPolicy: Policy = { versions: [], retired: false };

const change = (policy: Policy, version: number, to: Partial<PolicyVersion>): readonly PolicyVersion[] =>
  policy.versions.map((each) => (each.version === version ? { ...each, ...to } : each));

export function evolve(policy: Policy, event: PolicyEvent): Policy {
  const { version } = event.data;
  switch (event.type) {
    case 'PolicyDrafted': {
      const { digest, author, source, document } = event.data;
      return { ...policy, versions: [...policy.versions, { version, digest, author, source, document }] };
    }
    case 'PolicyProposed':
      return { ...policy, versions: change(policy, version, { dryRun: event.data.dryRun }) };
    case 'PolicyPublished':
      return { versions: change(policy, version, { everPublished: true }), published: version, retired: false };
    case 'PolicyRetired':
      return { versions: policy.versions, retired: true };
    default:
      return never(event);
  }
}

const version = {
  name: 'lims-production',
  version: 2,
  digest: '4c1d3a2b9e8f7061524334251607f8e9dabccbad9e8f70615243342516070819',
};
const approvalId = 'ap-01890a5d-ac96-774b-bcce-b302099a8058';

/** Frozen: the first version of the format, with what was left out filled in. */
const document: JsonObject = {
  custody_policy: 1,
  name: 'lims-production',
  description: '',
  models: ['lims_*'],
  protects: { stages: ['Production'], aliases: ['champion'], leaving: true },
  approvals: {
    order: 'parallel',
    expires_after_hours: 168,
    steps: [{ role: 'reviewer', approvals: 2 }],
    additional: [],
  },
  separation_of_duties: ['trained_run'],
  gates: [{ gate: 'metrics', metrics: [{ metric: 'test_f1', at_least: 0.85 }] }],
  freeze_windows: [],
};

const define = (type: PolicyEvent['type'], summary: string, sample: JsonObject): EventDefinition => ({
  type,
  summary,
  stream: 'policy-<name>',
  resource: (data) => policyResource(data as unknown as OfVersion),
  samples: [sample],
});

export const policyResource = ({ name, version }: { readonly name: string; readonly version?: number }) => ({
  kind: 'policy',
  id: name,
  name: version === undefined ? name : `${name} version ${version}`,
});

export const policyEvents: readonly EventDefinition[] = [
  define('PolicyDrafted', 'A version of a policy was written; it has no effect yet.', {
    ...version,
    author: 'u-01890a5d-ac96-774b-bcce-b302099a8057',
    source: 'custody_policy: 1\nname: lims-production\n',
    document,
  }),
  define('PolicyProposed', 'A version of a policy was tried on the history, and is up for approval.', {
    ...version,
    dryRun: {
      asOf: 4711,
      considered: 40,
      leftOut: ['artifacts_verified'],
      blocked: [
        {
          position: 3210,
          at: '2026-01-05T09:00:00.000000Z',
          model: 'lims_contamination_detector',
          version: 3,
          to: 'Production',
          why: [{ gate: 'metrics', why: 'test_f1 is 0.82, at least 0.85 is needed' }],
        },
      ],
    },
  }),
  define('PolicyPublished', 'A version of a policy came into force, in the place of the one before it.', {
    ...version,
    approvalId,
    replaces: 1,
  }),
  define('PolicyRetired', 'A policy is in force no more.', { ...version, approvalId }),
  {
    type: 'PolicyListed',
    summary: 'There is a policy of this name; its stream tells which versions it has.',
    stream: 'directory-policies',
    resource: (data) => policyResource(data as unknown as OfPolicy),
    samples: [{ name: 'lims-production' }],
  },
];
