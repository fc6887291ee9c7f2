import { errors, fromIso, Micros } from '../../core/index.js';

/** A time as people write it. @throws CustodyError naming the field */
export function timeIn(text: string, field: string): Micros {
  const at = fromIso(text);
  if (at === undefined)
    throw errors.invalid(
      'invalid-time',
      `${field} must be a time in ISO 8601, as in 2026-01-31 or 2026-01-31T12:00:00Z`,
      field,
    );
  return at;
}
