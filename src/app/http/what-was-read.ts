import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ownedLocation, sealedLocation } from '../../artifacts/index.js';
import { CustodyError, never } from '../../core/index.js';
import { Requirement, Target, texts } from '../../http/index.js';
import { Read, ReadQuestion, ReadThing } from '../../identity/index.js';

/**
 * What an answered request read, by what its route is declared to be about. Lists are told by the question
 * that was asked and what it was asked of; the rows themselves are not repeated in the trail.
 */
export function whatWasRead(request: FastifyRequest, { action, subject }: Requirement, rows?: number): Read {
  const route = request.routeOptions.url ?? 'unknown';
  const kind = action === 'audit:read' ? 'trail' : action.slice(0, action.indexOf(':'));
  const base = { action, route, ...(rows === undefined ? {} : { rows }) };
  if (subject !== undefined && subject !== 'seen') {
    const things = distinct(subject(request).map((target) => thingOf(target)));
    const [path] = things.length === 1 && action === 'artifact:read' ? texts(request, ['path']) : [];
    const only = path === undefined || things[0]?.path !== undefined ? things : [{ ...things[0]!, path }];
    return { ...base, things: only.length === 0 ? [{ kind }] : only };
  }
  const { id } = (request.params ?? {}) as { readonly id?: unknown };
  if (typeof id === 'string') return { ...base, things: [{ kind, id }] };
  const experiments = texts(request, ['experiment_ids', 'experiment_id']);
  const within = distinct(experiments.map((experiment) => ({ kind: 'experiment', id: experiment })));
  return { ...base, things: within.length === 0 ? [{ kind }] : within, ...questionOf(request) };
}

/** Something asked for by its name stands under its name. */
function thingOf(target: Target): ReadThing {
  switch (target.kind) {
    case 'experiment':
    case 'run':
    case 'logged-model':
    case 'job':
    case 'prediction':
    case 'approval':
      return { kind: target.kind, id: target.id };
    case 'experiment-name':
      return { kind: 'experiment', id: target.name };
    case 'model':
      return { kind: target.kind, id: target.name };
    case 'model-id':
      return { kind: 'model', id: target.id };
    case 'model-uri':
      return { kind: target.kind, id: target.uri };
    case 'artifacts':
      return fileAt(target.path);
    default:
      return never(target);
  }
}

/** A file is read of the run, the logged model or the seal that it belongs to. */
function fileAt(place: string): ReadThing {
  try {
    const sealed = sealedLocation(place);
    if (sealed) return { kind: 'seal', id: sealed.manifest, path: sealed.path };
    const { runId, path } = ownedLocation(place);
    return { kind: runId.startsWith('m-') ? 'logged-model' : 'run', id: runId, path };
  } catch (error) {
    if (error instanceof CustodyError) return { kind: 'artifact', id: place };
    throw error;
  }
}

/** MLflow's clients name a run twice, under its old and its new name. */
function distinct(things: readonly ReadThing[]): readonly ReadThing[] {
  if (things.length < 2) return things;
  return [...new Map(things.map((thing) => [JSON.stringify(thing), thing])).values()];
}

const FIELD = /^[a-z_]{1,40}$/;
const MAX_FIELDS = 20;
const LONG = 256;

/** The pages of one list are one question. */
function questionOf({ query, body }: FastifyRequest): { readonly question?: ReadQuestion } {
  const asked = Object.entries({ ...(query as object), ...(isObject(body) ? body : {}) })
    .filter(([name, value]) => name !== 'page_token' && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (asked.length === 0) return {};
  const text = JSON.stringify(asked);
  const fields = asked.map(([name]) => name).filter((name) => FIELD.test(name));
  const short = text.length <= LONG ? text : createHash('sha256').update(text).digest('base64url');
  return { question: { text: short, fields: fields.slice(0, MAX_FIELDS) } };
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Rows of an answer: those of the one list that it has, however it is called. */
export function rowsOf(payload: unknown): number | undefined {
  if (Array.isArray(payload)) return payload.length;
  if (!isObject(payload)) return undefined;
  for (const value of Object.values(payload)) if (Array.isArray(value)) return value.length;
  return undefined;
}
