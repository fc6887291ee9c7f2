import { never } from '../../../core/index.js';
import { Attribute } from './attributes.js';
import { Filter, Literal } from './filter.js';

export type Value = string | number | boolean | undefined | null | object;
export interface Resource {
  readonly [name: string]: Value;
}

/** Whether a resource, or one value of an attribute, is as the filter says. */
export function matches(filter: Filter, resource: Resource): boolean {
  switch (filter.kind) {
    case 'and':
      return matches(filter.left, resource) && matches(filter.right, resource);
    case 'or':
      return matches(filter.left, resource) || matches(filter.right, resource);
    case 'not':
      return !matches(filter.of, resource);
    case 'present':
      return valuesAt(filter.path.attribute, filter.path.sub, resource).length > 0;
    case 'each':
      return listed(resource[filter.attribute.name]).some((each) => matches(filter.filter, each as Resource));
    case 'compare': {
      const { attribute, sub } = filter.path;
      const values = valuesAt(attribute, sub, resource);
      // Of several values one is enough; that nothing is there is the same as null.
      if (values.length === 0)
        return (filter.operator === 'eq') === (filter.literal === null) && ['eq', 'ne'].includes(filter.operator);
      return values.some((value) => compare(value, filter.operator, filter.literal, sub ?? attribute));
    }
    default:
      return never(filter);
  }
}

const listed = (value: Value): readonly Value[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as Value[]) : [value];

/** Where a complex attribute is compared itself, its `value` is meant. */
function valuesAt(attribute: Attribute, sub: Attribute | undefined, resource: Resource): readonly Value[] {
  const values = listed(resource[attribute.name]);
  if (attribute.type !== 'complex') return values;
  const name = sub?.name ?? 'value';
  if (!sub && !attribute.multiValued) return values;
  return values.flatMap((value) => listed((value as Resource)[name]));
}

function compare(value: Value, operator: string, literal: Literal, { type, caseExact }: Attribute): boolean {
  if (typeof value === 'boolean') {
    const wanted = typeof literal === 'string' ? literal.toLowerCase() === 'true' : literal;
    return operator === 'eq' ? value === wanted : operator === 'ne' && value !== wanted;
  }
  if (typeof value !== 'string' || typeof literal !== 'string') return operator === 'ne';
  if (type === 'dateTime') return inOrder(Date.parse(value), operator, Date.parse(literal));
  const [is, wanted] = caseExact ? [value, literal] : [value.toLowerCase(), literal.toLowerCase()];
  switch (operator) {
    case 'co':
      return is.includes(wanted);
    case 'sw':
      return is.startsWith(wanted);
    case 'ew':
      return is.endsWith(wanted);
    default:
      return inOrder(is, operator, wanted);
  }
}

function inOrder<T extends string | number>(is: T, operator: string, wanted: T): boolean {
  switch (operator) {
    case 'eq':
      return is === wanted;
    case 'ne':
      return is !== wanted;
    case 'gt':
      return is > wanted;
    case 'ge':
      return is >= wanted;
    case 'lt':
      return is < wanted;
    case 'le':
      return is <= wanted;
    default:
      return false;
  }
}
