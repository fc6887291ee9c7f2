import { Attribute, Schema } from './attributes.js';
import { Filter, parseValueFilter } from './filter.js';
import { matches, Resource, Value } from './matches.js';
import { isExtension, notKept } from './not-kept.js';
import { pathOf } from './path.js';
import { invalid } from './problem.js';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const OPS = ['add', 'remove', 'replace'] as const;
type Op = (typeof OPS)[number];
const MAX_OPERATIONS = 1000;

interface Operation {
  readonly op: Op;
  readonly path?: string;
  readonly value?: Value;
}
type Draft = Record<string, Value>;

/** RFC 7644 §3.5.2: the resource as it is after all operations, or an error and nothing of them. */
export function patched(resource: Resource, body: unknown, schema: Schema): Resource {
  const draft: Draft = structuredClone<Draft>(resource);
  for (const operation of operationsOf(body)) apply(draft, operation, schema);
  return draft;
}

function operationsOf(body: unknown): readonly Operation[] {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Resource;
  const { schemas } = given;
  if (!Array.isArray(schemas) || !schemas.includes(PATCH))
    throw invalid.syntax(`schemas must name ${PATCH}`, 'schemas');
  const operations = Object.entries(given).find(([name]) => name.toLowerCase() === 'operations')?.[1];
  if (!Array.isArray(operations) || operations.length === 0)
    throw invalid.syntax('Operations must be a list of operations', 'Operations');
  if (operations.length > MAX_OPERATIONS)
    throw invalid.syntax(`at most ${MAX_OPERATIONS} operations come at once`, 'Operations');
  return operations.map(operationOf);
}

function operationOf(given: unknown, index: number): Operation {
  const field = `Operations[${index}]`;
  if (typeof given !== 'object' || given === null) throw invalid.syntax(`${field} must be an object`, field);
  const { op, path, value } = given as Resource;
  const name = OPS.find((each) => typeof op === 'string' && op.toLowerCase() === each);
  if (!name) throw invalid.syntax(`${field}.op must be add, remove or replace`, `${field}.op`);
  if (path !== undefined && (typeof path !== 'string' || path.length > 2000 || !path.isWellFormed()))
    throw invalid.path(field, 'must be a text that names an attribute');
  if (name === 'remove' && path === undefined) throw invalid.noTarget('');
  return { op: name, value, ...(path === undefined ? {} : { path }) };
}

function apply(draft: Draft, { op, path, value }: Operation, schema: Schema): void {
  if (path !== undefined) return applyAt(draft, op, path, value, schema);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid.value('value', 'must be an object where there is no path');
  // What a whole resource brings along besides is left out, as when it is replaced.
  for (const [name, each] of Object.entries(value as Resource))
    if (pathOf(schema, name) && !isReadOnly(name, schema)) applyAt(draft, op, name, each, schema);
}

const isReadOnly = (name: string, schema: Schema): boolean => {
  const found = pathOf(schema, name);
  return found?.attribute.name === 'schemas' || found?.attribute.mutability === 'readOnly';
};

/** `attribute`, `attribute.part`, `attribute[filter]`, `attribute[filter].part` */
const PATH = /^([^[\]]+)(?:\[(.*)\](?:\.([^.[\]]+))?)?$/s;

function applyAt(draft: Draft, op: Op, text: string, value: Value, schema: Schema): void {
  const [, name = '', filterText, part] = PATH.exec(text) ?? [];
  if (isExtension(schema, text)) return;
  const whole = part === undefined ? name : `${name}.${part}`;
  const kept = pathOf(schema, whole);
  const found = kept ?? notKept(schema, whole);
  if (!found) throw invalid.path(text, 'there is no such attribute');
  if (isReadOnly(name, schema)) throw invalid.mutability(name);
  const { attribute, sub } = found;
  if (filterText !== undefined) {
    if (!attribute.multiValued || !attribute.subAttributes || name.includes('.'))
      throw invalid.path(text, 'only what has several values takes a filter');
    const filter = parseValueFilter(filterText, attribute);
    return kept && applyToSome(draft, { op, text, value, attribute, sub }, filter);
  }
  if (!kept) return;
  if (!sub) return applyToWhole(draft, op, attribute, value);
  if (attribute.multiValued) return applyToParts(listOf(draft, attribute), op, sub, value, text);
  const inner = (draft[attribute.name] ??= {}) as Draft;
  applyToWhole(inner, op, sub, value);
}

function applyToWhole(draft: Draft, op: Op, attribute: Attribute, value: Value): void {
  const { name } = attribute;
  if (attribute.multiValued) {
    const given = (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Value[];
    if (op === 'replace') draft[name] = given;
    else if (op === 'add') draft[name] = joined(listOf(draft, attribute), given);
    else draft[name] = value === undefined ? undefined : without(listOf(draft, attribute), given);
    return;
  }
  if (op === 'remove') draft[name] = undefined;
  else if (attribute.type === 'complex' && typeof value === 'object')
    draft[name] = { ...(draft[name] as Resource | undefined), ...byNames(value as Resource, attribute) };
  else draft[name] = value;
}

function applyToParts(values: readonly Value[], op: Op, sub: Attribute, value: Value, text: string): void {
  if (values.length === 0 && op === 'replace') throw invalid.noTarget(text);
  for (const each of values) (each as Draft)[sub.name] = op === 'remove' ? undefined : value;
}

interface Some {
  readonly op: Op;
  readonly text: string;
  readonly value: Value;
  readonly attribute: Attribute;
  readonly sub: Attribute | undefined;
}

function applyToSome(draft: Draft, { op, text, value, attribute, sub }: Some, filter: Filter): void {
  const values = listOf(draft, attribute);
  const chosen = values.filter((each) => matches(filter, each as Resource));
  if (op === 'remove' && !sub) {
    draft[attribute.name] = values.filter((each) => !chosen.includes(each));
    return;
  }
  if (chosen.length === 0 && op === 'remove') return;
  if (chosen.length === 0) {
    // "Add a work address": the filter says what the new value has besides.
    const fixed = op === 'add' ? equality(filter) : undefined;
    if (!fixed) throw invalid.noTarget(text);
    draft[attribute.name] = [
      ...values,
      { ...fixed, ...(sub ? { [sub.name]: value } : byNames(value as Resource, attribute)) },
    ];
    return;
  }
  if (sub) return applyToParts(chosen, op, sub, value, text);
  if (typeof value !== 'object' || value === null) throw invalid.value('value', 'must be an object');
  for (const each of chosen) Object.assign(each as Draft, byNames(value as Resource, attribute));
}

const listOf = (draft: Draft, { name }: Attribute): readonly Value[] => (draft[name] ?? []) as readonly Value[];

/** In the schema's spelling, so that one part never stands there in two. */
function byNames(value: Resource | undefined, { subAttributes = [] }: Attribute): Resource {
  if (typeof value !== 'object' || value === null) return {};
  const spelt = (name: string) => subAttributes.find((sub) => sub.name.toLowerCase() === name.toLowerCase())?.name;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (spelt(name) ? [[spelt(name)!, each]] : [])),
  );
}

const keyOf = (value: Value): Value =>
  typeof value === 'object' && value !== null ? (value as Resource)['value'] : value;

/** The same value twice is one. */
function joined(values: readonly Value[], given: readonly Value[]): Value[] {
  const known = new Set(given.map(keyOf));
  return [...values.filter((each) => !known.has(keyOf(each))), ...given];
}

function without(values: readonly Value[], given: readonly Value[]): Value[] {
  const gone = new Set(given.map(keyOf));
  return values.filter((each) => !gone.has(keyOf(each)));
}

const equality = (filter: Filter): Resource | undefined =>
  filter.kind === 'compare' && filter.operator === 'eq' ? { [filter.path.attribute.name]: filter.literal } : undefined;
