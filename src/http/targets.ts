import type { FastifyRequest } from 'fastify';
import { Place } from '../core/index.js';

/** What a request names, before it is known whether there is such a thing. */
export type Target =
  | { readonly kind: 'experiment'; readonly id: string }
  | { readonly kind: 'experiment-name'; readonly name: string }
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'logged-model'; readonly id: string }
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'model-id'; readonly id: string }
  | { readonly kind: 'model-uri'; readonly uri: string }
  | { readonly kind: 'artifacts'; readonly path: string }
  | { readonly kind: 'job'; readonly id: string }
  | { readonly kind: 'prediction'; readonly id: string }
  | { readonly kind: 'approval'; readonly id: string };

export type Locate = (request: FastifyRequest) => readonly Target[];

/**
 * Finds out which experiments and models a target belongs to. Abstract class: the application fills it, since
 * only the rooms know. Nothing for what there is not: nobody's pattern covers that.
 */
export abstract class Places {
  abstract of(target: Target): Promise<readonly Place[]>;
}

/**
 * The texts under these names, wherever in the request they stand: in its path, its query or its body. All of
 * them count, so that no handler can read another one than was checked.
 */
export function texts({ params, query, body }: FastifyRequest, names: readonly string[]): readonly string[] {
  return [params, query, body].flatMap((part) =>
    typeof part !== 'object' || part === null
      ? []
      : names.flatMap((name) => strings((part as { readonly [field: string]: unknown })[name])),
  );
}

function strings(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(strings);
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'number' ? [String(value)] : [];
}

/** The texts under these names in whatever objects and lists a body holds; how deep it is, its reader has bounded. */
function nested(value: unknown, names: readonly string[]): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => nested(item, names));
  return Object.entries(value).flatMap(([field, held]) =>
    names.includes(field) ? strings(held) : nested(held, names),
  );
}

function actionsOf({ body }: FastifyRequest): readonly { readonly [field: string]: unknown }[] {
  const action: unknown = (body as { readonly action?: unknown } | null | undefined)?.action;
  return typeof action === 'object' && action !== null ? [action as { readonly [field: string]: unknown }] : [];
}

type Fields = readonly [string, ...string[]];

const each =
  (target: (text: string) => Target) =>
  (...fields: Fields): Locate =>
  (request) =>
    texts(request, fields).map(target);

const experiment = (id: string): Target => ({ kind: 'experiment', id });

/** What routes are about: `@Requires('run:write', about.runs('run_id', 'run_uuid'))`. */
export const about = {
  experiments: each(experiment),
  /** Of the default one, when the request names none. */
  experimentOrDefault:
    (...fields: Fields): Locate =>
    (request) => {
      const ids = texts(request, fields);
      return (ids.length > 0 ? ids : ['0']).map(experiment);
    },
  experimentNames: each((name) => ({ kind: 'experiment-name', name })),
  runs: each((id) => ({ kind: 'run', id })),
  /** Metrics and inputs in a body name logged models, too. */
  loggedModels:
    (...fields: Fields): Locate =>
    (request) =>
      [...new Set([...texts(request, fields), ...nested(request.body, fields)])].map((id) => ({
        kind: 'logged-model',
        id,
      })),
  models: each((name) => ({ kind: 'model', name })),
  modelUris: each((uri) => ({ kind: 'model-uri', uri })),
  artifacts: each((path) => ({ kind: 'artifacts', path })),
  jobs: each((id) => ({ kind: 'job', id })),
  predictions: each((id) => ({ kind: 'prediction', id })),
  approvals: each((id) => ({ kind: 'approval', id })),
  /** What is asked for stands inside the body: the model that it names. */
  actionOnModel: (request: FastifyRequest): readonly Target[] =>
    actionsOf(request)
      .flatMap((action) => strings(action['name']))
      .map((name) => ({ kind: 'model', name })),
  all:
    (...parts: readonly Locate[]): Locate =>
    (request) =>
      parts.flatMap((part) => part(request)),
} as const;
