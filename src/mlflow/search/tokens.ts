import { Problem } from './problem.js';

export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'symbol';
  /** As written. */
  readonly raw: string;
  /** Without its quotes. What is inside stays as it is: MLflow's language has no escapes. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/**
 * `name` is quoted by backticks or double quotes, `text` by single ones; a double-quoted one may be either,
 * and where it stands decides. A doubled quote, or one behind a backslash, does not end it.
 */
const TOKEN = new RegExp(
  [
    "(?<text>'(?:''|\\\\'|[^'])*')",
    '(?<name>`(?:``|[^`])*`|"(?:""|\\\\"|[^"])*")',
    '(?<number>-?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?(?![\\p{L}\\p{N}_]))',
    '(?<word>[\\p{L}\\p{N}_][\\p{L}\\p{M}\\p{N}_$]*)',
    '(?<symbol>[<>=!]+|[(),.])',
  ].join('|'),
  'uy',
);
const SPACE = /\s*/y;

/** @throws a refusal that points at what is no token */
export function tokenize(source: string, problem: Problem): readonly Token[] {
  if (source.length > problem.mostCharacters)
    throw problem.at(
      0,
      source.length,
      `it has ${source.length} characters, and at most ${problem.mostCharacters} are read`,
    );
  if (!source.isWellFormed() || source.includes('\0'))
    throw problem.at(0, 0, 'it holds a NUL or half a character (a lone surrogate)');
  const tokens: Token[] = [];
  for (let from = afterSpace(source, 0); from < source.length;) {
    TOKEN.lastIndex = from;
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) throw unreadable(source, from, problem);
    const to = TOKEN.lastIndex;
    const kind = (['text', 'name', 'number', 'word', 'symbol'] as const).find((each) => groups[each] !== undefined)!;
    const raw = source.slice(from, to);
    tokens.push({ kind, raw, text: kind === 'text' || kind === 'name' ? raw.slice(1, -1) : raw, from, to });
    from = afterSpace(source, to);
  }
  return tokens;
}

function afterSpace(source: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.exec(source);
  return SPACE.lastIndex;
}

function unreadable(source: string, from: number, problem: Problem) {
  if (/['"`]/.test(source[from]!)) return problem.at(from, source.length, 'this quote is never closed');
  return problem.at(
    from,
    from + 1,
    'it has no meaning here; a key that holds anything but letters, digits, _ and . goes in backticks or double quotes',
  );
}

export const isQuotedByDoubles = ({ kind, raw }: Token): boolean => kind === 'name' && raw.startsWith('"');
