import { Attribute, attributesOf, named, Schema } from './attributes.js';

/** An attribute, or one within it. */
export interface Path {
  readonly attribute: Attribute;
  readonly sub?: Attribute;
}

/** Of a name as `emails.value` or with the schema's URN before it; `undefined` when there is no such attribute. */
export function pathOf(schema: Schema, text: string): Path | undefined {
  const prefix = `${schema.id}:`;
  const local = text.toLowerCase().startsWith(prefix.toLowerCase()) ? text.slice(prefix.length) : text;
  const [first = '', second, ...more] = local.split('.');
  const attribute = named(attributesOf(schema), first);
  if (!attribute || more.length > 0) return undefined;
  if (second === undefined) return { attribute };
  const sub = named(attribute.subAttributes ?? [], second);
  return sub && { attribute, sub };
}
