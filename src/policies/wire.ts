import { digestOf } from '../approvals/index.js';
import { JsonObject } from '../core/index.js';
import { Checked } from './document/check.js';
import { DryRun, PolicyVersion } from './policy/events.js';
import { NamedPolicy } from './policy/policies.js';
import { Asked } from './commands/policies.commands.js';

const statusOf = ({ version, dryRun, everPublished }: PolicyVersion, { published }: NamedPolicy): string => {
  if (version === published) return 'published';
  if (everPublished) return 'replaced';
  return dryRun ? 'proposed' : 'draft';
};

export const policyWire = (policy: NamedPolicy): object => {
  const { name, published, versions } = policy;
  const shown = versions.find(({ version }) => version === published) ?? versions.at(-1)!;
  const { models, protects, description } = shown.document;
  return {
    name,
    status: published === undefined ? (policy.retired ? 'retired' : statusOf(shown, policy)) : 'published',
    version_in_force: published ?? null,
    latest_version: versions.at(-1)!.version,
    description,
    models,
    protects: { stages: protects.stages, aliases: protects.aliases },
  };
};

export const versionWire = (found: PolicyVersion, policy: NamedPolicy): object => ({
  name: policy.name,
  version: found.version,
  status: statusOf(found, policy),
  digest: found.digest,
  author: found.author,
});

export const wholeVersionWire = (found: PolicyVersion, policy: NamedPolicy): object => ({
  ...versionWire(found, policy),
  source: found.source,
  document: found.document,
  dry_run: found.dryRun ? dryRunWire(found.dryRun) : null,
});

export const dryRunWire = ({ asOf, considered, leftOut, blocked }: DryRun): object => ({
  as_of: asOf,
  considered,
  blocked: blocked.length,
  left_out: leftOut,
  transitions: blocked,
});

export const checkedWire = (checked: Checked): object =>
  checked.ok
    ? {
        valid: true,
        name: checked.document.name,
        digest: digestOf(checked.document as unknown as JsonObject),
        problems: [],
      }
    : { valid: false, problems: checked.problems };

export const askedWire = ({ approvalId, number, state, digest }: Asked): object => ({
  approval_id: approvalId,
  number,
  state,
  digest,
});
