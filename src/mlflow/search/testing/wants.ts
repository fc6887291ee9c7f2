import fc from 'fast-check';
import { aKey, aNumber, aText } from './data.js';
import { Entity, Want } from './naive.js';
import { aStyle, Style, written } from './written.js';

export const NUMERIC = ['=', '!=', '<', '<=', '>', '>='];
export const TEXTUAL = ['=', '!=', 'LIKE', 'ILIKE'];

/** A condition, and how it is written. */
export interface Spoken extends Want {
  readonly text: string;
}
/** What stands before the dot, in each spelling that means the entity; nothing is a bare attribute. */
export type Prefixes = Readonly<Partial<Record<Entity, readonly string[]>>>;

type Keys = fc.Arbitrary<string> | string;
const keyOf = (key: Keys) => (typeof key === 'string' ? fc.constant(key) : key);

export const want = (
  entity: Entity,
  key: Keys,
  comparators: readonly string[],
  value: fc.Arbitrary<string | number>,
): fc.Arbitrary<Want> =>
  fc.record({ entity: fc.constant(entity), key: keyOf(key), comparator: fc.constantFrom(...comparators), value });

export const textual = (entity: Entity, key: Keys = aKey, value: fc.Arbitrary<string> = aText) =>
  want(entity, key, TEXTUAL, value);
export const numeric = (entity: Entity, key: Keys = aKey) =>
  want(entity, key, NUMERIC, fc.oneof(aNumber, fc.constantFrom(Infinity, -Infinity)));
/** Times: small whole numbers, as the data's are. */
export const timed = (key: Keys) => want('attributes', key, NUMERIC, fc.integer({ min: -1, max: 4 }));

export const listed = (entity: Entity, key: Keys = aKey, value: fc.Arbitrary<string> = aText): fc.Arbitrary<Want> =>
  fc.record({
    entity: fc.constant(entity),
    key: keyOf(key),
    comparator: fc.constantFrom('IN', 'NOT IN'),
    value: fc.array(value, { minLength: 1, maxLength: 3 }),
  });

export const presence = (entity: Entity): fc.Arbitrary<Want> =>
  fc.record({ entity: fc.constant(entity), key: aKey, comparator: fc.constantFrom('IS NULL', 'IS NOT NULL') });

/** Conditions in any of their spellings, as many as the language can say. */
export const spoken = (want: fc.Arbitrary<Want>, prefixes: Prefixes, bareTexts = false): fc.Arbitrary<Spoken> =>
  fc
    .tuple(want, aStyle)
    .map(([each, style]: [Want, Style]) => ({ ...each, text: written(each, style, prefixes, bareTexts) }))
    .filter((each): each is Spoken => each.text !== undefined);

export const filterOf = (wants: readonly Spoken[]): string =>
  wants.map(({ text }, at) => (at === 0 ? text : `${at % 2 === 1 ? 'AND' : 'and'} ${text}`)).join(' ');
