import { Injectable, Optional } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Actor, covers, exactly, Limits, NamePattern, Place, Reach, Scope, ScopedRole } from '../../core/index.js';
import { Action, Places, Requirement, Target } from '../../http/index.js';
import { isByName, narrowed, permitsAction, placesWithin } from './limits.js';
import { allows, MATRIX } from './matrix.js';

export interface Asking {
  readonly actor: Pick<Actor, 'roles'>;
  readonly scoped?: readonly ScopedRole[];
  /** Of the token that they came with: what it permits besides is nobody's. */
  readonly limits?: Limits;
}

/** Permitted, and how much of a list may be shown (everything, where nothing is said); or not, perhaps for the token's sake. */
export type Verdict =
  { readonly permitted: true; readonly reach?: Reach } | { readonly permitted: false; readonly limited?: true };

const YES: Verdict = { permitted: true };
const NO: Verdict = { permitted: false };
const LIMITED: Verdict = { permitted: false, limited: true };

/**
 * The one place that decides. A role that holds everywhere is enough by itself; otherwise everything that the
 * request names must be covered by a role that holds there and allows the action. What there is not is
 * covered by nobody, so that a refusal says nothing about it. Limits of a token are asked on top.
 */
@Injectable()
export class Permissions {
  constructor(@Optional() private readonly places?: Places) {}

  async decide(asking: Asking, requirements: readonly Requirement[], request: FastifyRequest): Promise<Verdict> {
    const owner = await this.ofOwner(asking, requirements, request);
    const { limits } = asking;
    if (!owner.permitted || limits === undefined) return owner;
    let verdict = owner;
    for (const { action, subject } of asked(requirements, request)) {
      if (!permitsAction(limits, action)) return LIMITED;
      if (!isByName(limits)) continue;
      if (subject === undefined) return LIMITED;
      if (subject === 'seen') verdict = { permitted: true, reach: narrowed(owner.reach, limits) };
      else if (!(await this.allWithin(placesWithin(limits), subject(request)))) return LIMITED;
    }
    return verdict;
  }

  private async ofOwner(asking: Asking, requirements: readonly Requirement[], request: FastifyRequest) {
    let verdict = YES;
    for (const { action, subject } of asked(requirements, request)) {
      if (allows(asking.actor.roles, action)) continue;
      const scoped = allowing(asking.scoped, action);
      if (scoped.length === 0 || subject === undefined) return NO;
      if (subject === 'seen') verdict = { permitted: true, reach: await this.reachOf(scoped) };
      else if (!(await this.allWithin(scopesOf(scoped), subject(request)))) return NO;
    }
    return verdict;
  }

  /** Whether the action is permitted on one thing; without a target, on everything. */
  async permits({ actor, scoped, limits }: Asking, action: Action, target?: Target): Promise<Verdict> {
    const targets = target === undefined ? [] : [target];
    if (!allows(actor.roles, action) && !(await this.allWithin(scopesOf(allowing(scoped, action)), targets))) return NO;
    if (limits === undefined) return YES;
    if (!permitsAction(limits, action)) return LIMITED;
    return !isByName(limits) || (await this.allWithin(placesWithin(limits), targets)) ? YES : LIMITED;
  }

  private async reachOf(scoped: readonly ScopedRole[]): Promise<Reach> {
    const [experiments, models] = await Promise.all([
      this.namesIn(scoped, 'experiment'),
      this.namesIn(scoped, 'model'),
    ]);
    return { experiments, models };
  }

  /** Lists go by name, so one thing is its present name, to the letter; what has gone has none. */
  private async namesIn(scoped: readonly ScopedRole[], kind: 'experiment' | 'model'): Promise<readonly NamePattern[]> {
    const names = scoped.map(async ({ scope }): Promise<readonly NamePattern[]> => {
      if (scope.kind === `${kind}s`) return 'pattern' in scope ? [scope.pattern] : [];
      if (scope.kind !== kind) return [];
      const target = kind === 'experiment' ? kind : 'model-id';
      return (await this.placesOf({ kind: target, id: scope.id })).map(({ name }) => exactly(name));
    });
    return (await Promise.all(names)).flat();
  }

  private async placesOf(target: Target): Promise<readonly Place[]> {
    return (await this.places?.of(target)) ?? [];
  }

  private async allWithin(scopes: readonly Scope[], targets: readonly Target[]): Promise<boolean> {
    if (scopes.length === 0 || targets.length === 0) return false;
    for (const target of targets) {
      const places = await this.placesOf(target);
      if (!places.some((place) => scopes.some((scope) => covers(scope, place)))) return false;
    }
    return true;
  }
}

const asked = (requirements: readonly Requirement[], request: FastifyRequest): readonly Requirement[] =>
  requirements.filter(
    ({ subject, whereNamed }) => !whereNamed || typeof subject !== 'function' || subject(request).length > 0,
  );

const scopesOf = (roles: readonly ScopedRole[]): readonly Scope[] => roles.map(({ scope }) => scope);

const allowing = (scoped: readonly ScopedRole[] = [], action: Action): readonly ScopedRole[] =>
  scoped.filter(({ role }) => MATRIX[role].has(action));
