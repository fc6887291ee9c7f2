import { errors } from '../../core/index.js';
import { databricksEvent, DatabricksEventName, EntityEventName, webhookEvent, WireEvent } from './webhook-event.js';

const MAX_DESCRIPTION = 1000;
const MAX_SECRET = 1000;

const invalid = (field: string, why: string) =>
  errors.invalid('invalid-parameter', `Invalid value for parameter '${field}': ${why}`, field);

export function webhookName(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw invalid(
    'name',
    "a webhook's name has up to 63 lower-case letters, digits, '.', '_' and '-', and begins and ends with a letter or digit",
  );
}

export function webhookDescription(text: string | undefined): string | undefined {
  if (text !== undefined && text.length > MAX_DESCRIPTION)
    throw invalid('description', `it is longer than ${MAX_DESCRIPTION} characters`);
  return text;
}

export function webhookSecret(text: string): string {
  // It is sealed, so the log can't tell: of text that is no text the signature would be another's.
  if (!text.isWellFormed()) throw invalid('secret', 'it is not well-formed Unicode');
  if (text.length > MAX_SECRET) throw invalid('secret', `it is longer than ${MAX_SECRET} characters`);
  return text;
}

/** Sent as it stands in every call, so it must be one line that a header can carry. */
export function webhookAuthorization(text: string): string {
  if (text.length > MAX_SECRET) throw invalid('authorization', `it is longer than ${MAX_SECRET} characters`);
  if (!/^[\x20-\x7e]*$/.test(text)) throw invalid('authorization', 'it must be one line of printable ASCII characters');
  return text;
}

export const webhookEventList = (events: readonly WireEvent[]): readonly EntityEventName[] =>
  atLeastOne(events.map((event) => webhookEvent(event)));

export const databricksEventList = (events: readonly string[]): readonly DatabricksEventName[] =>
  atLeastOne(events.map((event) => databricksEvent(event)));

function atLeastOne<T>(events: readonly T[]): readonly T[] {
  if (events.length === 0) throw invalid('events', 'a webhook is told of at least one event');
  return [...new Set(events)];
}
