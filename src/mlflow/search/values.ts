import { never } from '../../core/index.js';
import { SEARCH_LIMITS } from './limits.js';
import { Reader } from './reader.js';
import { isQuotedByDoubles, Token } from './tokens.js';
import { ValueType } from './vocabulary.js';

const WHOLE = /^-?\d+$/;
const isQuoted = (token: Token): boolean => token.kind === 'text' || isQuotedByDoubles(token);

export function textOf(reader: Reader, bare: boolean): Token {
  const token = reader.take((each) => isQuoted(each) || (bare && (each.kind === 'word' || each.kind === 'number')));
  if (!token) throw reader.refuse("a text in quotes belongs here, as 'my-value'");
  return token;
}

export function readValue(reader: Reader, type: ValueType, bareTexts: boolean): string | number {
  switch (type) {
    case 'text':
      return textOf(reader, bareTexts).text;
    case 'digits':
      return digits(reader, textOf(reader, false));
    case 'number':
      return Number(numberOf(reader, false).text);
    case 'whole':
      return whole(reader, numberOf(reader, false));
    case 'whole-or-quoted':
      return whole(reader, numberOf(reader, true));
    default:
      return never(type);
  }
}

function numberOf(reader: Reader, quoted: boolean): Token {
  const token = reader.take((each) => each.kind === 'number' || (quoted && isQuoted(each)));
  if (!token) throw reader.refuse('a number without quotes belongs here, as 0.95 or -1e-3');
  return token;
}

function whole(reader: Reader, token: Token): number {
  if (!WHOLE.test(token.text)) throw reader.refuseAt(token, 'a whole number belongs here');
  return Number(token.text);
}

function digits(reader: Reader, token: Token): number {
  if (!/^\d+$/.test(token.text)) throw reader.refuseAt(token, "an id in quotes belongs here, as '12'");
  return Number(token.text);
}

/** `('a', 'b')`. A comma may end it, as in Python, whose tuples these are in MLflow. */
export function readList(reader: Reader, type: ValueType): readonly (string | number)[] {
  if (!reader.symbol('(')) throw reader.refuse("a list in parentheses belongs here, as ('a', 'b')");
  const values: (string | number)[] = [];
  do {
    if (values.length > 0 && reader.symbol(')')) return values;
    if (values.length === SEARCH_LIMITS.listValues)
      throw reader.refuse(`a list has at most ${SEARCH_LIMITS.listValues} values`);
    const value = readValue(reader, type, false);
    values.push(value);
  } while (reader.symbol(','));
  if (!reader.symbol(')')) throw reader.refuse('a comma or the closing ) of the list belongs here');
  return values;
}
