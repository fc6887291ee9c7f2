import { SetMetadata } from '@nestjs/common';
import { Action } from './permissions.js';
import { Locate } from './targets.js';

export const REQUIRES = 'custody:requires';
export const REQUIRES_ALSO = 'custody:requires-also';

/**
 * What a route is about, for those whose roles hold for some names only. `seen`: its answer leaves out what the
 * caller may not see (`Reach`). Where nothing is said, the route is about the whole installation.
 */
export type Subject = Locate | 'seen';

export interface Requirement {
  readonly action: Action;
  readonly subject?: Subject;
  /** Asks nothing of a request that names none of its subject. */
  readonly whereNamed?: true;
}

/** The action that a route asks for; the access guard refuses a route that names none. */
export const Requires = (action: Action, subject?: Subject) =>
  SetMetadata(REQUIRES, { action, ...(subject === undefined ? {} : { subject }) } satisfies Requirement);

/** A second action, on what the request may name besides: what a new version is made of, say. */
export const RequiresAlso = (action: Action, subject: Locate) =>
  SetMetadata(REQUIRES_ALSO, { action, subject, whereNamed: true } satisfies Requirement);

/** For the few routes that anyone may call (health, version). A test holds the literal list of them. */
export const Public = () => SetMetadata(REQUIRES, 'public');

export const SEES_READS = 'custody:sees-reads';

/** For routes that show who read what: they wait until the reads so far are in the trail. */
export const SeesReads = () => SetMetadata(SEES_READS, true);

/** What was declared on a handler. */
export type Declared = Requirement | 'public' | undefined;
