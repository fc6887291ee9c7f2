import { errors } from '../../core/index.js';
import { webhookEvent, WebhookEventName, WireEvent } from './webhook-event.js';

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

export function webhookEventList(events: readonly WireEvent[]): readonly WebhookEventName[] {
  if (events.length === 0) throw invalid('events', 'a webhook is told of at least one event');
  return [...new Set(events.map((event) => webhookEvent(event)))];
}
