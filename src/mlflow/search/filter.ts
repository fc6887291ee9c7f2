import { never } from '../../core/index.js';
import { SEARCH_LIMITS } from './limits.js';
import { Problem } from './problem.js';
import { Reader } from './reader.js';
import { readSpelling, resolve, Resolved, Spelling } from './subject.js';
import { Clause, Comparator, Condition } from './tree.js';
import { readList, readValue, textOf } from './values.js';
import { Vocabulary } from './vocabulary.js';

/**
 * `clause AND clause …` in MLflow's search language. What it does not know it refuses, saying where;
 * nothing is ever ignored.
 */
export function parseFilter(filter: string | undefined, vocabulary: Vocabulary): readonly Clause[] {
  if (filter === undefined || filter.trim() === '') return [];
  const reader = new Reader(filter, Problem.inFilter(filter));
  const clauses = [readClause(reader, vocabulary)];
  while (!reader.done) {
    if (!reader.word('AND')) throw reader.refuse(afterClause(reader));
    if (clauses.length === SEARCH_LIMITS.clauses)
      throw reader.refuse(`a filter has at most ${SEARCH_LIMITS.clauses} conditions`);
    clauses.push(readClause(reader, vocabulary));
  }
  return clauses;
}

const afterClause = (reader: Reader): string =>
  reader.peek()?.raw.toUpperCase() === 'OR'
    ? 'there is no OR; conditions are joined by AND only'
    : 'only AND joins conditions';

function readClause(reader: Reader, vocabulary: Vocabulary): Clause {
  const spelling = readSpelling(reader, vocabulary);
  const resolved = resolve(spelling, vocabulary, (why) => reader.refuseAt(spelling, why));
  const comparator = readComparator(reader, spelling, resolved);
  return { target: resolved.target, condition: readCondition(reader, comparator, resolved, vocabulary) };
}

const COMPARING = /^(?:[<>=!]+)$/;

function readComparator(reader: Reader, { from }: Spelling, { target, subject }: Resolved): Comparator {
  const allowed = subject.comparators.join(', ');
  const first = reader.take(({ kind, raw }) => kind === 'word' || (kind === 'symbol' && COMPARING.test(raw)));
  if (!first) throw reader.refuse(`a comparison belongs here: one of ${allowed}`);
  let last = first;
  const words = [first.raw.toUpperCase()];
  const follow = (...next: readonly string[]) => {
    const token = reader.word(...next);
    if (!token) return;
    last = token;
    words.push(token.raw.toUpperCase());
  };
  if (words[0] === 'NOT') follow('IN', 'LIKE', 'ILIKE');
  if (words[0] === 'IS') {
    follow('NOT');
    follow('NULL');
  }
  const comparator = subject.comparators.find((each) => each === words.join(' '));
  if (comparator) return comparator;
  const name = 'key' in target ? `a ${target.kind}` : `${target.kind} ${target.name}`;
  throw reader.refuseAt(
    { from: Math.max(first.from, from), to: last.to },
    `${name} can't be compared like this; use one of ${allowed}`,
  );
}

function readCondition(
  reader: Reader,
  comparator: Comparator,
  { subject }: Resolved,
  { bareTexts = false }: Vocabulary,
): Condition {
  switch (comparator) {
    case '=':
    case '!=':
    case '>':
    case '>=':
    case '<':
    case '<=':
      return { kind: 'compare', comparator, value: readValue(reader, subject.type, bareTexts) };
    case 'LIKE':
    case 'ILIKE':
      return { kind: 'like', caseSensitive: comparator === 'LIKE', pattern: readPattern(reader, bareTexts) };
    case 'IN':
    case 'NOT IN':
      return { kind: 'among', negated: comparator === 'NOT IN', values: readList(reader, subject.type) };
    case 'IS NULL':
    case 'IS NOT NULL':
      return { kind: 'presence', present: comparator === 'IS NOT NULL' };
    default:
      return never(comparator);
  }
}

function readPattern(reader: Reader, bareTexts: boolean): string {
  const token = textOf(reader, bareTexts);
  const wildcards = [...token.text.matchAll(/[%_]+/g)].length;
  const { patternLength, wildcards: most } = SEARCH_LIMITS;
  if (token.text.length > patternLength || wildcards > most)
    throw reader.refuseAt(token, `a pattern has at most ${patternLength} characters and ${most} places with % or _`);
  return token.text;
}
