import type { Kysely } from 'kysely';
import { EventCatalogue, Micros, Outcome } from '../../core/index.js';
import { PersonDirectory } from '../person-directory.js';
import { unpackId } from './packed-id.js';
import { AuditTables, PackedId } from './table.js';

export interface AuditPerson {
  readonly id: string;
  /** As the account has it today; what an unverified client claimed otherwise. */
  readonly name?: string;
}

export interface AuditEntry {
  readonly position: number;
  readonly eventId: string;
  readonly recordedAt: Micros;
  readonly actor: AuditPerson & { readonly kind: string; readonly via: string; readonly verified: boolean };
  readonly onBehalfOf?: AuditPerson;
  readonly action: string;
  readonly summary: string;
  readonly resource: { readonly kind: string; readonly id: string; readonly name?: string };
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly stream: string;
  readonly revision: number;
  readonly requestId: string;
  readonly correlationId: string;
  readonly causationId?: string;
}

/** The rows with these ordinals, in the same order, with all numbers resolved. */
export async function entriesOf(
  db: Kysely<AuditTables>,
  ordinals: readonly number[],
  people: PersonDirectory,
  catalogue: EventCatalogue,
): Promise<readonly AuditEntry[]> {
  if (ordinals.length === 0) return [];
  const rows = await select(db, ordinals);
  const ids = new Set(rows.flatMap(({ actor_id, on_behalf_of }) => [actor_id, on_behalf_of]));
  ids.delete('');
  const names = await people.namesOf([...ids]);
  const made = new Map(rows.map((row) => [row.ordinal, entryOf(row, names, catalogue)]));
  return ordinals.map((ordinal) => made.get(ordinal)!);
}

type Joined = Awaited<ReturnType<typeof select>>[number];

function select(db: Kysely<AuditTables>, ordinals: readonly number[]) {
  return db
    .selectFrom('audit_events as e')
    .innerJoin('audit_actors as a', 'a.no', 'e.actor')
    .innerJoin('audit_actions as action', 'action.no', 'e.action')
    .innerJoin('audit_streams as stream', 'stream.no', 'e.stream')
    .innerJoin('audit_resources as r', 'r.no', 'e.resource')
    .innerJoin('audit_things as thing', 'thing.no', 'r.thing')
    .select(['e.ordinal', 'e.position', 'e.event_id', 'e.recorded_at', 'e.revision', 'e.request_id'])
    .select(['e.correlation_id', 'e.causation_id', 'e.reason'])
    .select(['a.id as actor_id', 'a.on_behalf_of', 'a.kind as actor_kind', 'a.via', 'a.verified', 'a.claimed_name'])
    .select(['action.name as action', 'stream.name as stream'])
    .select(['thing.kind as resource_kind', 'thing.id as resource_id', 'r.name as resource_name'])
    .where('e.ordinal', 'in', ordinals)
    .execute();
}

function entryOf(row: Joined, names: ReadonlyMap<string, string>, catalogue: EventCatalogue): AuditEntry {
  const { summary, outcome = 'ok' } = catalogue.definition(row.action);
  const person = (id: string, claimed = ''): AuditPerson => {
    const name = names.get(id) ?? claimed;
    return name === '' ? { id } : { id, name };
  };
  return {
    position: row.position,
    eventId: unpackId(row.event_id),
    recordedAt: row.recorded_at as Micros,
    actor: {
      ...person(row.actor_id, row.claimed_name),
      kind: row.actor_kind,
      via: row.via,
      verified: row.verified === 1,
    },
    ...(row.on_behalf_of === '' ? {} : { onBehalfOf: person(row.on_behalf_of) }),
    action: row.action,
    summary,
    resource: {
      kind: row.resource_kind,
      id: row.resource_id,
      ...(row.resource_name === '' ? {} : { name: row.resource_name }),
    },
    outcome,
    ...(row.reason === null ? {} : { reason: row.reason }),
    stream: row.stream,
    revision: row.revision,
    requestId: unpackId(row.request_id),
    correlationId: unpackId(row.correlation_id ?? row.request_id),
    ...(row.causation_id === null ? {} : { causationId: unpackId(row.causation_id satisfies PackedId) }),
  };
}
