import { Injectable, OnModuleInit } from '@nestjs/common';
import { Approvable, ApprovableKinds, ApprovalRules, Dossier, dossierOf, Follows } from '../../approvals/index.js';
import { CommandContext, CustodyError, errors, JsonObject } from '../../core/index.js';
import { standing } from './decide.js';
import { PolicyEvent, PolicyVersion } from './events.js';
import { inForce, NamedPolicy, Policies } from './policies.js';

export const POLICY = 'policy';

export type PolicyAction = { readonly type: 'publish' | 'retire'; readonly name: string; readonly version: number };

/**
 * How policies are approved where no published version of them says otherwise, the very first one included: a
 * reviewer and an administrator, neither of whom asked for it or wrote it. No one person can set the rules.
 */
export const BUILT_IN = {
  order: 'parallel',
  steps: [
    { role: 'reviewer', approvals: 1 },
    { role: 'admin', approvals: 1 },
  ],
  expiresAfterHours: 168,
} as const satisfies Omit<ApprovalRules, 'excluded'>;

/** Publishing and retiring policies, as something that is approved. */
@Injectable()
export class PolicyApproval implements Approvable, OnModuleInit {
  readonly kind = POLICY;

  /** Another version that comes into force, or goes, may overtake a request, and say otherwise who approves it. */
  readonly follows: Follows = {
    types: ['PolicyPublished', 'PolicyRetired'] satisfies readonly PolicyEvent['type'][],
    concerns: ({ data }, { name }) => data['name'] === name,
  };

  constructor(
    private readonly policies: Policies,
    private readonly kinds: ApprovableKinds,
  ) {}

  onModuleInit(): void {
    this.kinds.add(this);
  }

  /** The trial on the history is the one that was recorded: what happens elsewhere meanwhile changes nothing that was signed. */
  async dossier(action: JsonObject): Promise<Dossier> {
    const { type, policy, found } = await this.find(action);
    const { name, published } = policy;
    const now = policy.versions.find(({ version }) => version === published);
    return dossierOf({
      kind: POLICY,
      type,
      name,
      version: found.version,
      digest: found.digest,
      author: found.author,
      source: found.source,
      document: found.document as unknown as JsonObject,
      in_force: now ? { version: now.version, digest: now.digest, source: now.source } : null,
      dry_run: (found.dryRun ?? null) as unknown as JsonObject | null,
    });
  }

  /** By the version in force: a new one can't make its own approval easier. */
  async rules(action: JsonObject): Promise<ApprovalRules> {
    const { type, policy, found } = await this.find(action);
    const now = policy.versions.find(({ version }) => version === policy.published);
    const publication = now?.document.publication;
    const base = publication
      ? { order: 'parallel' as const, steps: publication.steps, expiresAfterHours: publication.expires_after_hours }
      : BUILT_IN;
    return {
      ...base,
      excluded: type === 'publish' ? [{ userId: found.author, why: 'wrote this version of the policy' }] : [],
      ...(publication ? { policy: { name: policy.name, version: now.version, digest: now.digest } } : {}),
    };
  }

  async carryOut(
    context: CommandContext,
    { approvalId, action }: { readonly approvalId: string; readonly action: JsonObject },
  ): Promise<JsonObject> {
    const { type, name, version } = actionOf(action);
    const { digest } = await this.policies.version(name, version);
    if (type === 'publish') await this.policies.publish(context, { name, version, digest, approvalId });
    else await this.policies.retire(context, { name, version, approvalId });
    return { type, name, version, digest };
  }

  private async find(
    action: JsonObject,
  ): Promise<{ type: PolicyAction['type']; policy: NamedPolicy; found: PolicyVersion }> {
    const { type, name, version } = actionOf(action);
    const policy = await this.policies.get(name);
    const found = await this.policies.version(name, version);
    if (type === 'retire') {
      if (inForce(policy).version === version) return { type, policy, found };
      throw errors.state('policy-not-in-force', `version ${version} of ${name} is not in force`, 'version');
    }
    const free = standing({ name, version }, policy);
    if ('ok' in free) throw new CustodyError(free.refusal);
    if (!found.dryRun)
      throw errors.state(
        'policy-not-proposed',
        `version ${version} of ${name} was not proposed: custody policy publish does that`,
        'version',
      );
    return { type, policy, found };
  }
}

function actionOf({ type, name, version }: JsonObject): PolicyAction {
  if ((type === 'publish' || type === 'retire') && typeof name === 'string' && Number.isSafeInteger(version))
    return { type, name, version: version as number };
  throw errors.invalid('action-invalid', 'a policy’s action is {type: publish or retire, name, version}', 'action');
}
