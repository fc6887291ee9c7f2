import type { Generated } from 'kysely';

/** A text of ours that stays a text: UUIDs are kept as their 16 bytes, everything else as it is. */
export type PackedId = Buffer | string;

/** One narrow row an event; what repeats is a number into another table. */
export interface EventRow {
  /** Counts the events from 1 without gaps, which positions need not: the block index divides by it. */
  ordinal: number;
  position: number;
  event_id: PackedId;
  /** Microseconds since the Unix epoch; grows with the ordinal, as the log promises. */
  recorded_at: number;
  actor: number;
  action: number;
  resource: number;
  stream: number;
  revision: number;
  request_id: PackedId;
  /** NULL where it is the request id, as it is for everything that a request does at once. */
  correlation_id: PackedId | null;
  causation_id: PackedId | null;
  reason: string | null;
}

/** A way of acting: the same person with a password and with a token are two rows. */
export interface ActorRow {
  no: Generated<number>;
  id: string;
  on_behalf_of: string;
  kind: string;
  via: string;
  /** 0 where nobody checked who the actor is. */
  verified: number;
  claimed_name: string;
  /** Under whose key the claimed name is sealed; empty without one. */
  claim_subject: string;
}

/** Actions and streams. */
export interface NameRow {
  no: Generated<number>;
  name: string;
}

/** Something that events are about or belong to. */
export interface ThingRow {
  no: Generated<number>;
  kind: string;
  id: string;
}

/** A thing as events tell of it: under the name of that time, within what it belonged to. */
export interface ResourceRow {
  no: Generated<number>;
  thing: number;
  /** Empty where the event names none. */
  name: string;
  /** Numbers of things, ascending. */
  parents: string;
  /** Position of the first event that tells of it so. */
  since: number;
}

/** All things that an event with this resource is found by: itself and its parents. */
export interface BelongingRow {
  resource: number;
  thing: number;
}

/** This block of events holds one with this term. */
export interface BlockRow {
  term: number;
  block: number;
}

export interface AuditTables {
  audit_events: EventRow;
  audit_blocks: BlockRow;
  audit_actors: ActorRow;
  audit_actions: NameRow;
  audit_streams: NameRow;
  audit_things: ThingRow;
  audit_resources: ResourceRow;
  audit_belongings: BelongingRow;
}

export const TABLES = [
  'audit_events',
  'audit_blocks',
  'audit_actors',
  'audit_actions',
  'audit_streams',
  'audit_things',
  'audit_resources',
  'audit_belongings',
] as const satisfies readonly (keyof AuditTables)[];
