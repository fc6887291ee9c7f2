import { Brand } from './brand.js';
import { Micros } from './clock.js';
import { EventId, UserId } from './ids.js';
import { JsonObject } from './json.js';

export const ROLES = ['viewer', 'analyst', 'reviewer', 'auditor', 'privacy-officer', 'admin', 'provisioner'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Personal data under a key of its own subject (AES-256-GCM), so that destroying the key erases the
 * person while every hash over the event stays valid. `box` is `v1.<iv>.<ciphertext+tag>` in base64url.
 */
export interface Sealed {
  readonly subject: string;
  readonly box: string;
}

/** Who acted. `id` is a pseudonym; names live sealed in the user's own stream. */
export interface Actor {
  readonly id: UserId;
  readonly kind: 'person' | 'service' | 'system';
  readonly roles: readonly Role[];
  readonly via: 'password' | 'token' | 'oidc' | 'session' | 'none';
  /** Set by a service that carries out what this person asked for. */
  readonly onBehalfOf?: UserId;
  /** Present and false where nobody checked who this is (`serve --open`, an unauthenticated try). */
  readonly verified?: false;
  /** The name that an unverified client claims. */
  readonly claimedName?: Sealed;
}

export interface Origin {
  readonly requestId: string;
  /** `{ip, userAgent}` of the client, sealed under the actor's key. Absent for the system itself. */
  readonly client?: Sealed;
}

/** What goes with every event besides its data; the same for all events of one command. */
export interface EventContext {
  readonly actor: Actor;
  readonly reason?: string;
  readonly origin: Origin;
  readonly correlationId: string;
  readonly causationId?: string;
}

/** An event as a decider makes it: pure, without envelope. */
export interface DomainEvent<Type extends string = string, Data = object> {
  readonly type: Type;
  readonly data: Data;
}

/** An event ready to be appended. The ledger adds stream, revision, position and `recordedAt`. */
export interface NewEvent extends EventContext {
  readonly id: EventId;
  readonly type: string;
  readonly schema: number;
  readonly data: JsonObject;
}

/** Global order of the log: grows along it, may have gaps (EventStoreDB), 0 is before the first event. */
export type Position = Brand<number, 'Position'>;
export const START = 0 as Position;

/** An event as the log holds it. `recordedAt` never decreases along the log. */
export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** Place within its stream, from 0, without gaps. */
  readonly revision: number;
  readonly position: Position;
  readonly recordedAt: Micros;
}
