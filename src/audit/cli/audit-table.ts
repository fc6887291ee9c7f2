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

export interface TableStyle {
  /** Columns of the terminal; nothing is cut where there is none. */
  readonly width?: number;
  readonly color: boolean;
}

const HEAD = ['time (UTC)', 'who', 'action', 'resource', 'outcome', 'reason'];
const GAP = '  ';
const NARROWEST = 8;

/** The lines of a table: time, who, action, resource, outcome, reason. What did not take place is red. */
export function auditTable(entries: readonly WireEntry[], { width = Infinity, color }: TableStyle): readonly string[] {
  const rows = entries.map((entry) => cells(entry).map(printable));
  const natural = HEAD.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const widths = fitted(natural, width);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => fit(cell, widths[column]!))
      .join(GAP)
      .trimEnd();
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const body = rows.map((row, index) => (entries[index]!.outcome === 'ok' ? line(row) : paint(31, line(row))));
  return [paint(1, line(HEAD)), ...body];
}

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

/** Takes from the widest column until the line fits; the time, first of all, is never cut. */
function fitted(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1));
  while (total() > width) {
    const widest = Math.max(...widths.slice(1));
    if (widest <= NARROWEST) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

const fit = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

/**
 * Names and reasons come from anyone: nothing in them may move the cursor, change colours or turn the
 * direction of writing around in an auditor's terminal.
 */
function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
