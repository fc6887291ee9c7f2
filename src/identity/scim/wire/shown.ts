import { attributesOf, Schema } from './attributes.js';
import { parseFilter } from './filter.js';
import { matches, Resource, Value } from './matches.js';
import { pathOf } from './path.js';
import { invalid } from './problem.js';

export const MAX_RESULTS = 200;
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** Query parameters; any of them may have come twice, which makes a list of it. */
export interface Asked {
  readonly filter?: unknown;
  readonly startIndex?: unknown;
  readonly count?: unknown;
  readonly attributes?: unknown;
  readonly excludedAttributes?: unknown;
}

/** A resource as the client wants it: `attributes` and `excludedAttributes` (RFC 7644 §3.9). */
export function shown(resource: Resource, { attributes, excludedAttributes }: Asked, schema: Schema): Resource {
  const only = namesIn(attributes, 'attributes', schema);
  const not = namesIn(excludedAttributes, 'excludedAttributes', schema);
  if (only.length === 0 && not.length === 0) return resource;
  if (only.length > 0 && not.length > 0) throw invalid.value('excludedAttributes', 'and attributes exclude each other');
  const entries = attributesOf(schema).flatMap(({ name }): [string, Value][] => {
    const value = resource[name];
    if (value === undefined) return [];
    // Always returned, whatever is asked for.
    if (name === 'id' || name === 'schemas') return [[name, value]];
    const kept = only.length > 0 ? onlyOf(name, value, only) : without(name, value, not);
    return kept === undefined ? [] : [[name, kept]];
  });
  return Object.fromEntries(entries);
}

/** Answers a page of what the filter lets through, in the order in which it comes. */
export function listed(all: readonly Resource[], asked: Asked, schema: Schema) {
  const filter = oneText(asked.filter, 'filter');
  const parsed = filter === undefined ? undefined : parseFilter(filter, schema);
  const found = parsed ? all.filter((resource) => matches(parsed, resource)) : all;
  const startIndex = Math.max(1, wholeNumber(asked.startIndex, 'startIndex') ?? 1);
  const count = Math.min(MAX_RESULTS, Math.max(0, wholeNumber(asked.count, 'count') ?? MAX_RESULTS));
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  return {
    schemas: [LIST],
    totalResults: found.length,
    startIndex,
    itemsPerPage: page.length,
    Resources: page.map((resource) => shown(resource, asked, schema)),
  };
}

type Name = readonly [attribute: string, sub?: string];

const onlyOf = (name: string, value: Value, only: readonly Name[]): Value => {
  const wanted = only.filter(([attribute]) => attribute === name);
  if (wanted.length === 0) return undefined;
  if (wanted.some(([, sub]) => sub === undefined)) return value;
  return each(value, (part) => wanted.some(([, sub]) => sub === part));
};

const without = (name: string, value: Value, not: readonly Name[]): Value => {
  const unwanted = not.filter(([attribute]) => attribute === name);
  if (unwanted.some(([, sub]) => sub === undefined)) return undefined;
  return unwanted.length === 0 ? value : each(value, (part) => !unwanted.some(([, sub]) => sub === part));
};

function each(value: Value, keep: (part: string) => boolean): Value {
  if (Array.isArray(value)) return value.map((one) => each(one as Value, keep));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([part]) => keep(part)));
}

/** Names that there are not are ignored: a client may ask for more than a server has. */
function namesIn(value: unknown, field: string, schema: Schema): readonly Name[] {
  const text = oneText(value, field) ?? '';
  return text.split(',').flatMap((name): Name[] => {
    const path = pathOf(schema, name.trim());
    return path ? [path.sub ? [path.attribute.name, path.sub.name] : [path.attribute.name]] : [];
  });
}

function oneText(value: unknown, field: string): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalid.value(field, 'is given more than once');
  return value;
}

function wholeNumber(value: unknown, field: string): number | undefined {
  const text = oneText(value, field);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw invalid.value(field, 'must be a whole number');
  return Number(text);
}
