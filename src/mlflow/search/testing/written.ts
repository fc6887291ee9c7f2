import fc from 'fast-check';
import type { Want } from './naive.js';
import type { Prefixes } from './wants.js';

/** How somebody writes: all of these mean the same. */
export interface Style {
  readonly doubleQuotes: boolean;
  readonly bare: boolean;
  readonly lowerCase: boolean;
  readonly space: string;
  readonly prefix: number;
}
export const aStyle: fc.Arbitrary<Style> = fc.record({
  doubleQuotes: fc.boolean(),
  bare: fc.boolean(),
  lowerCase: fc.boolean(),
  space: fc.constantFrom(' ', '  ', '\n'),
  prefix: fc.nat({ max: 20 }),
});

/** The condition in the search language; `undefined` for what it has no way to say. */
export function written(want: Want, style: Style, prefixes: Prefixes, bareTexts: boolean): string | undefined {
  const left = leftSide(want, style, prefixes);
  const { comparator, value } = want;
  const words = style.lowerCase ? comparator.toLowerCase() : comparator;
  if (left === undefined) return undefined;
  if (value === undefined) return `${left}${style.space}${words}`;
  const right = rightSide(value, style, bareTexts);
  const gap = /^\W+$/.test(comparator) && style.bare ? '' : style.space;
  return right === undefined ? undefined : `${left}${gap}${words}${gap}${right}`;
}

function leftSide({ entity, key }: Want, { bare, doubleQuotes, prefix }: Style, prefixes: Prefixes) {
  const spellings = prefixes[entity] ?? [entity];
  const before = spellings[prefix % spellings.length]!;
  if (before === '') return key;
  if (bare && /^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(key)) return `${before}.${key}`;
  const quote = doubleQuotes || key.includes('`') ? '"' : '`';
  return key.includes(quote) ? undefined : `${before}.${quote}${key}${quote}`;
}

function rightSide(value: NonNullable<Want['value']>, style: Style, bareTexts: boolean): string | undefined {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string')
    return bareTexts && style.bare && /^[A-Za-z]+$/.test(value) ? value : quoted(value, style);
  const texts = value.map((each) => quoted(each, style));
  return texts.includes(undefined) ? undefined : `(${texts.join(`,${style.space}`)}${style.bare ? ',' : ''})`;
}

/** The language has no escapes. */
function quoted(text: string, { doubleQuotes }: Style): string | undefined {
  const quote = text.includes("'") || (doubleQuotes && !text.includes('"')) ? '"' : "'";
  return text.includes(quote) || text.endsWith('\\') ? undefined : `${quote}${text}${quote}`;
}

const numberText = (value: number): string =>
  Number.isFinite(value) ? String(value).replace('e+', 'e') : value > 0 ? '1e999' : '-1e999';
