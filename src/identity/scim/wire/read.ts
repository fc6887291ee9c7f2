import { ONE_LINE } from '../../commands/one-line.js';
import { Attribute, attributesOf, Schema } from './attributes.js';
import { Resource, Value } from './matches.js';
import { invalid } from './problem.js';

const MAX_TEXT = 1024;
/** As many members as a group may have; of anything else far fewer come. */
export const MAX_VALUES = 10_000;

/**
 * What a client sends, by the schema: names in the schema's spelling, values of the right type, nothing that
 * the schema does not know and nothing that only the server says.
 */
export function readResource(body: unknown, schema: Schema): Resource {
  const given = objectOf(body);
  const { schemas } = given;
  if (!Array.isArray(schemas) || !schemas.includes(schema.id))
    throw invalid.syntax(`schemas must name ${schema.id}`, 'schemas');
  return readAttributes(given, schema);
}

/** The same for what a patch has made of a resource. */
export function readAttributes(given: Resource, schema: Schema): Resource {
  const attributes = attributesOf(schema).filter(({ name }) => name !== 'schemas');
  const read = readParts(given, attributes, '');
  for (const { name, required } of attributes)
    if (required && (read[name] === undefined || read[name] === '')) throw invalid.value(name, 'is required');
  return read;
}

function objectOf(body: unknown): Resource {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid.syntax('the body must be a JSON object', 'body');
  return body as Resource;
}

function readParts(given: Resource, attributes: readonly Attribute[], prefix: string): Resource {
  const byName = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const read: [string, Value][] = [];
  for (const attribute of attributes) {
    if (attribute.mutability === 'readOnly') continue;
    const value = readValue(byName.get(attribute.name.toLowerCase()), attribute, `${prefix}${attribute.name}`);
    if (value !== undefined) read.push([attribute.name, value]);
  }
  return Object.fromEntries(read);
}

/** Null and an empty list say that there is none (RFC 7643 §2.5). */
function readValue(value: Value, attribute: Attribute, field: string): Value {
  if (value === undefined || value === null) return undefined;
  if (!attribute.multiValued) return readOne(value, attribute, field);
  const values = Array.isArray(value) ? (value as Value[]) : [value];
  if (values.length > MAX_VALUES) throw invalid.value(field, `has more than ${MAX_VALUES} values`);
  const read = values.map((each) => readOne(each, attribute, field)).filter((each) => each !== undefined);
  return read.length === 0 ? undefined : read;
}

function readOne(value: Value, { type, subAttributes }: Attribute, field: string): Value {
  if (value === undefined || value === null) return undefined;
  switch (type) {
    case 'boolean': {
      // Some directories send "True".
      const said = typeof value === 'string' ? value.toLowerCase() : value;
      if (said === true || said === 'true') return true;
      if (said === false || said === 'false') return false;
      throw invalid.value(field, 'must be true or false');
    }
    case 'complex': {
      if (typeof value !== 'object' || Array.isArray(value)) throw invalid.value(field, 'must be an object');
      const parts = readParts(value as Resource, subAttributes ?? [], `${field}.`);
      return Object.keys(parts).length === 0 ? undefined : parts;
    }
    case 'string':
    case 'reference':
    case 'dateTime':
      if (typeof value !== 'string') throw invalid.value(field, 'must be a text');
      if (value.length > MAX_TEXT) throw invalid.value(field, `has more than ${MAX_TEXT} characters`);
      if (value !== '' && !ONE_LINE.test(value)) throw invalid.value(field, 'must be one line of plain text');
      return value === '' ? undefined : value;
  }
}
