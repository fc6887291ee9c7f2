import { accept, Decider, Decision, never, refuse, UserId } from '../../core/index.js';
import { PolicyDocument } from '../document/policy.js';
import { DryRun, evolve, noPolicy, Policy, PolicyEvent, PolicyListed, PolicyVersion } from './events.js';

interface OfVersion {
  readonly name: string;
  readonly version: number;
}

export type PolicyCommand =
  | {
      readonly type: 'draft';
      readonly name: string;
      readonly digest: string;
      readonly author: UserId;
      readonly source: string;
      readonly document: PolicyDocument;
    }
  | (OfVersion & { readonly type: 'propose'; readonly dryRun: DryRun })
  | (OfVersion & { readonly type: 'publish'; readonly digest: string; readonly approvalId: string })
  | { readonly type: 'retire'; readonly name: string; readonly version: number; readonly approvalId: string };

export const policyStream = (name: string): string => `policy-${name}`;

export const noSuchPolicy = (name: string) =>
  refuse(
    'not-found',
    'policy-not-found',
    `there is no policy ${name}; custody policy list shows those that there are`,
    'name',
  );

export const noSuchVersion = ({ name, version }: OfVersion) =>
  refuse('not-found', 'policy-version-not-found', `there is no version ${version} of the policy ${name}`, 'version');

export function decide(command: PolicyCommand, policy: Policy): Decision<PolicyEvent> {
  switch (command.type) {
    case 'draft':
      return draft(command, policy);
    case 'propose': {
      const found = standing(command, policy);
      if ('ok' in found) return found;
      if (JSON.stringify(found.dryRun) === JSON.stringify(command.dryRun)) return accept();
      const { name, version, dryRun } = command;
      return accept({ type: 'PolicyProposed', data: { name, version, digest: found.digest, dryRun } });
    }
    case 'publish':
      return publish(command, policy);
    case 'retire':
      return retire(command, policy);
    default:
      return never(command);
  }
}

/** The same text again is the same version. */
function draft(
  { name, digest, author, source, document }: Extract<PolicyCommand, { type: 'draft' }>,
  { versions }: Policy,
) {
  const last = versions.at(-1);
  if (last?.digest === digest && last.source === source) return accept<PolicyEvent>();
  const version = (last?.version ?? 0) + 1;
  return accept<PolicyEvent>({ type: 'PolicyDrafted', data: { name, version, digest, author, source, document } });
}

/** A version that may still come into force: nothing newer has. */
export function standing(command: OfVersion, policy: Policy): PolicyVersion | ReturnType<typeof refuse> {
  if (policy.versions.length === 0) return noSuchPolicy(command.name);
  const found = policy.versions.find(({ version }) => version === command.version);
  if (!found) return noSuchVersion(command);
  const { name, version } = command;
  if (policy.published === version)
    return refuse('state', 'policy-published', `version ${version} of ${name} is in force already`, 'version');
  const newest = policy.versions.findLast(({ everPublished }) => everPublished)?.version ?? 0;
  if (newest < version) return found;
  const message = `version ${newest} of ${name} was published after version ${version} was written; write it again as a new version`;
  return refuse('state', 'policy-superseded', message, 'version');
}

function publish(command: Extract<PolicyCommand, { type: 'publish' }>, policy: Policy): Decision<PolicyEvent> {
  const { name, version, digest, approvalId } = command;
  if (policy.published === version) return accept();
  const found = standing(command, policy);
  if ('ok' in found) return found;
  if (found.digest !== digest)
    return refuse('state', 'policy-changed', `version ${version} of ${name} is not what was approved`);
  const replaces = policy.published === undefined ? {} : { replaces: policy.published };
  return accept({ type: 'PolicyPublished', data: { name, version, digest, approvalId, ...replaces } });
}

function retire(command: Extract<PolicyCommand, { type: 'retire' }>, policy: Policy): Decision<PolicyEvent> {
  const { name, version, approvalId } = command;
  if (policy.versions.length === 0) return noSuchPolicy(name);
  if (policy.published === undefined && policy.retired) return accept();
  const found = policy.versions.find((each) => each.version === policy.published);
  if (found?.version !== version)
    return refuse(
      'state',
      'policy-not-in-force',
      `version ${version} of ${name} is not in force, so it can’t be retired`,
      'name',
    );
  return accept({ type: 'PolicyRetired', data: { name, version, digest: found.digest, approvalId } });
}

export const policyDecider: Decider<Policy, PolicyCommand, PolicyEvent> = { initial: noPolicy, evolve, decide };

export const DIRECTORY = 'directory-policies';

/** All names that there ever were, sorted; the policies' own streams tell the rest. */
export const directoryDecider: Decider<readonly string[], string, PolicyListed> = {
  initial: [],
  evolve: (names, { data }) => (names.includes(data.name) ? names : [...names, data.name].sort()),
  decide: (name, names) => (names.includes(name) ? accept() : accept({ type: 'PolicyListed', data: { name } })),
};
