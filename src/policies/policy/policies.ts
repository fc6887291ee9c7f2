import { Injectable } from '@nestjs/common';
import { digestOf } from '../../approvals/index.js';
import { CommandContext, CustodyError, errors, JsonObject } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { policyOf } from '../document/check.js';
import { PolicyDocument } from '../document/policy.js';
import { NAME } from '../document/schema.js';
import { personOf } from '../evaluation/person.js';
import { DIRECTORY, directoryDecider, noSuchPolicy, noSuchVersion, policyDecider, policyStream } from './decide.js';
import { DryRun, Policy, PolicyVersion } from './events.js';

export interface NamedPolicy extends Policy {
  readonly name: string;
}

export interface InForce {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly document: PolicyDocument;
}

const NAMED = new RegExp(NAME);

/** Policies from the log itself: what was published a moment ago counts, in every process. */
@Injectable()
export class Policies {
  constructor(private readonly decisions: DecisionMaker) {}

  async all(): Promise<readonly NamedPolicy[]> {
    const { state: names } = await this.decisions.load(directoryDecider, DIRECTORY);
    const policies = await Promise.all(names.map(async (name) => ({ name, ...(await this.load(name)) })));
    // A crash can leave a name without a first version.
    return policies.filter(({ versions }) => versions.length > 0);
  }

  async inForce(): Promise<readonly InForce[]> {
    return (await this.all()).flatMap(({ name, published, versions }) => {
      const found = versions.find(({ version }) => version === published);
      return found ? [{ name, version: found.version, digest: found.digest, document: found.document }] : [];
    });
  }

  /** @throws CustodyError kind `not-found` */
  async get(name: string): Promise<NamedPolicy> {
    const policy = NAMED.test(name) ? await this.load(name) : undefined;
    if (!policy || policy.versions.length === 0)
      throw new CustodyError(noSuchPolicy(JSON.stringify(name.slice(0, 80))).refusal);
    return { name, ...policy };
  }

  /** @throws CustodyError kind `not-found` */
  async version(name: string, version: number): Promise<PolicyVersion> {
    const found = (await this.get(name)).versions.find((each) => each.version === version);
    if (!found) throw new CustodyError(noSuchVersion({ name, version }).refusal);
    return found;
  }

  /** The name is listed first: a policy that is in force is never missing from the list. */
  async draft(context: CommandContext, source: string): Promise<PolicyVersion & { readonly name: string }> {
    const document = policyOf(source);
    const { name } = document;
    const digest = digestOf(document as unknown as JsonObject);
    await this.decisions.decide(directoryDecider, DIRECTORY, name, context);
    const author = personOf(context.actor);
    const command = { type: 'draft', name, digest, author, source, document } as const;
    const { state } = await this.decisions.decide(policyDecider, policyStream(name), command, context);
    const drafted = state.versions.findLast((each) => each.digest === digest && each.source === source);
    if (!drafted) throw new Error('a draft that was accepted is in the policy');
    return { name, ...drafted };
  }

  async propose(context: CommandContext, name: string, version: number, dryRun: DryRun): Promise<void> {
    await this.decisions.decide(policyDecider, policyStream(name), { type: 'propose', name, version, dryRun }, context);
  }

  async publish(
    context: CommandContext,
    what: { readonly name: string; readonly version: number; readonly digest: string; readonly approvalId: string },
  ): Promise<void> {
    await this.decisions.decide(policyDecider, policyStream(what.name), { type: 'publish', ...what }, context);
  }

  async retire(
    context: CommandContext,
    what: { readonly name: string; readonly version: number; readonly approvalId: string },
  ): Promise<void> {
    await this.decisions.decide(policyDecider, policyStream(what.name), { type: 'retire', ...what }, context);
  }

  private async load(name: string): Promise<Policy> {
    return (await this.decisions.load(policyDecider, policyStream(name))).state;
  }
}

/** @throws CustodyError kind `state` when no version of it is in force */
export function inForce({ name, published, versions }: NamedPolicy): PolicyVersion {
  const found = versions.find(({ version }) => version === published);
  if (found) return found;
  throw errors.state('policy-not-in-force', `no version of the policy ${name} is in force`, 'name');
}
