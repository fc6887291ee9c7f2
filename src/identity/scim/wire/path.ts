import { Attribute, attributesOf, named, Schema } from './attributes.js';

/** An attribute, or one within it. */
export interface Path {
  readonly attribute: Attribute;
  readonly sub?: Attribute;
}

/** Of a name as `emails.value` or with the schema's URN before it; `undefined` when there is no such attribute. */
export const pathOf = (schema: Schema, text: string): Path | undefined =>
  pathIn(attributesOf(schema), localName(text, schema.id) ?? text);

/** A name without the URN of its schema; `undefined` where that does not stand before it. */
export function localName(text: string, urn: string): string | undefined {
  const prefix = `${urn}:`;
  return text.toLowerCase().startsWith(prefix.toLowerCase()) ? text.slice(prefix.length) : undefined;
}

export function pathIn(attributes: readonly Attribute[], local: string): Path | undefined {
  const [first = '', second, ...more] = local.split('.');
  const attribute = named(attributes, first);
  if (!attribute || more.length > 0) return undefined;
  if (second === undefined) return { attribute };
  const sub = named(attribute.subAttributes ?? [], second);
  return sub && { attribute, sub };
}
