import { TableStyle, textTable } from '../text-table.js';

/** An entry of the trail as `GET /api/v1/audit/events` answers it, as far as a table shows it. */
export interface WireEntry {
  readonly recorded_at: string;
  readonly actor: WirePerson & { readonly verified: boolean };
  readonly on_behalf_of?: WirePerson;
  readonly action: string;
  readonly resource: { readonly kind: string; readonly id: string; readonly name?: string };
  readonly outcome: string;
  readonly reason?: string;
}
interface WirePerson {
  readonly id: string;
  readonly name?: string;
}

const HEAD = ['time (UTC)', 'who', 'action', 'resource', 'outcome', 'reason'];

/** The lines of a table: time, who, action, resource, outcome, reason. What did not take place is red. */
export const auditTable = (entries: readonly WireEntry[], style: TableStyle): readonly string[] =>
  textTable(HEAD, entries.map(cells), style, (row) => entries[row]!.outcome !== 'ok');

function cells({
  recorded_at,
  actor,
  on_behalf_of,
  action,
  resource,
  outcome,
  reason = '',
}: WireEntry): readonly string[] {
  const name = (person: WirePerson) => person.name ?? person.id;
  const who = `${name(actor)}${actor.verified ? '' : ' (unverified)'}`;
  const time = recorded_at.slice(0, 19).replace('T', ' ');
  const full = on_behalf_of ? `${who} for ${name(on_behalf_of)}` : who;
  return [time, full, action, `${resource.kind} ${resource.name ?? resource.id}`, outcome, reason];
}
