import { errors, fromIso, Micros } from '../core/index.js';

/** From and to, as a client gives them. @throws CustodyError kind `invalid` naming the field */
export function period(from: string | undefined, to: string | undefined): { from?: Micros; to?: Micros } {
  const [start, end] = [instant(from, 'from'), instant(to, 'to')];
  if (start !== undefined && end !== undefined && start > end)
    throw errors.invalid('invalid-time', 'to must not be earlier than from', 'to');
  return { ...(start === undefined ? {} : { from: start }), ...(end === undefined ? {} : { to: end }) };
}

function instant(text: string | undefined, field: string): Micros | undefined {
  if (text === undefined) return undefined;
  const at = fromIso(text);
  if (at !== undefined) return at;
  const message = `${field} must be a time in ISO 8601, as in 2026-01-05 or 2026-01-05T09:00:00Z`;
  throw errors.invalid('invalid-time', message, field);
}
