import { assertStreamName } from '../../ledger/index.js';
import { ENVELOPE_FIELDS } from '../bundle/line.js';

const KINDS: readonly unknown[] = ['person', 'service', 'system'];
const WAYS: readonly unknown[] = ['password', 'token', 'oidc', 'session', 'none'];
const FIELDS: readonly string[] = ENVELOPE_FIELDS;
const ACTOR = ['id', 'kind', 'roles', 'via', 'onBehalfOf', 'verified', 'claimedName'];
const ORIGIN = ['requestId', 'client'];

type Object = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => string | undefined;

/** What is not as an envelope has it, in words that go on after the name of the event; `undefined` when all is well. */
export function envelopeProblem(envelope: unknown): string | undefined {
  if (!isObject(envelope)) return 'is no event: not a JSON object';
  const stranger = Object.keys(envelope).find((field) => !FIELDS.includes(field));
  if (stranger !== undefined) return `has a field that no envelope has: ${JSON.stringify(stranger)}`;
  for (const [field, check] of Object.entries(CHECKS)) {
    const problem = check(envelope[field]);
    if (problem !== undefined) return `has a wrong ${field}: ${problem}`;
  }
  return undefined;
}

const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'it is no text');
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);
const count =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least ? undefined : `it is no whole number from ${least} on`;

const CHECKS: Readonly<Record<string, Check>> = {
  id: text,
  type: text,
  schema: count(1),
  stream: (value) => text(value) ?? streamProblem(value as string),
  revision: count(0),
  recordedAt: count(1),
  actor: actorProblem,
  origin: originProblem,
  correlationId: text,
  causationId: maybe(text),
  reason: maybe((value) => (typeof value === 'string' ? undefined : 'it is no text')),
  data: (value) => (isObject(value) ? undefined : 'it is no JSON object'),
};

function actorProblem(actor: unknown): string | undefined {
  if (!isObject(actor)) return 'it is no JSON object';
  const { id, kind, roles, via, onBehalfOf, verified, claimedName } = actor;
  if (text(id) !== undefined) return 'it has no id';
  if (!KINDS.includes(kind)) return `its kind is not ${KINDS.join(', ')}`;
  if (!WAYS.includes(via)) return `via is not ${WAYS.join(', ')}`;
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === 'string'))
    return 'its roles are no list of names';
  if (onBehalfOf !== undefined && text(onBehalfOf) !== undefined) return 'onBehalfOf is no id';
  if (verified !== undefined && verified !== false) return 'verified is there, and not false';
  if (claimedName !== undefined && !isSealed(claimedName)) return 'its claimed name is not sealed';
  return stranger(actor, ACTOR);
}

function originProblem(origin: unknown): string | undefined {
  if (!isObject(origin)) return 'it is no JSON object';
  if (text(origin['requestId']) !== undefined) return 'it has no requestId';
  if (origin['client'] !== undefined && !isSealed(origin['client'])) return 'its client is not sealed';
  return stranger(origin, ORIGIN);
}

function stranger(value: Object, known: readonly string[]): string | undefined {
  const field = Object.keys(value).find((name) => !known.includes(name));
  return field === undefined ? undefined : `it has a field that none has: ${JSON.stringify(field)}`;
}

function streamProblem(stream: string): string | undefined {
  try {
    assertStreamName(stream);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const isSealed = (value: unknown): boolean =>
  isObject(value) && typeof value['subject'] === 'string' && typeof value['box'] === 'string';

export const isObject = (value: unknown): value is Object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
