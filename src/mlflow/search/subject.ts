import { CustodyError, never } from '../../core/index.js';
import { Reader } from './reader.js';
import { Token } from './tokens.js';
import { Target } from './tree.js';
import { Subject, Vocabulary } from './vocabulary.js';

/** What was written left of a comparator, or in an order: `name`, `prefix.key`, `prefix."a key"`, `prefix.a.b`. */
export interface Spelling {
  readonly prefix?: Token;
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

const names = ({ kind }: Token): boolean => kind === 'word' || kind === 'name';
const keys = (token: Token): boolean => names(token) || token.kind === 'text';

export function readSpelling(reader: Reader, vocabulary: Vocabulary): Spelling {
  const first = reader.take(names);
  if (!first) throw reader.refuse(`the name of something to look at belongs here, as ${example(vocabulary)}`);
  const rest = dotted(reader, first);
  if (rest.length === 0) return { key: first.text, from: first.from, to: first.to };
  return { prefix: first, key: rest.map(({ text }) => text).join('.'), from: first.from, to: rest.at(-1)!.to };
}

/** A key without quotes may hold dots: `tags.mlflow.note`. */
function dotted(reader: Reader, first: Token): readonly Token[] {
  const parts: Token[] = [];
  for (let last = first; ;) {
    const dot = reader.take(({ raw, from }) => raw === '.' && from === last.to);
    if (!dot) return parts;
    const part = reader.take((token) => keys(token) && token.from === dot.to);
    if (!part) throw reader.refuse('a key belongs behind the dot; one that is no plain word goes in backticks');
    parts.push(part);
    last = part;
  }
}

const example = ({ prefixes }: Vocabulary): string =>
  Object.values(prefixes).includes('param') ? '`params.depth` or `tags."a key"`' : '`name` or `tags."a key"`';

export interface Resolved {
  readonly target: Target;
  readonly subject: Subject;
}

/** What a spelling means for this entity. */
export function resolve(spelling: Spelling, vocabulary: Vocabulary, refuse: Refuse): Resolved {
  const kind = kindOf(spelling, vocabulary, refuse);
  const { key } = spelling;
  switch (kind) {
    case 'attribute': {
      const found = attributeOf(key, vocabulary);
      if (!found) throw refuse(`'${key}' is no attribute of ${vocabulary.what}; ${list(attributeNames(vocabulary))}`);
      return found;
    }
    case 'dataset': {
      const datasets = vocabulary.datasets ?? {};
      if (!Object.hasOwn(datasets, key)) throw refuse(`data sets are searched by ${Object.keys(datasets).join(', ')}`);
      return { target: { kind, name: key }, subject: datasets[key]! };
    }
    case 'metric':
    case 'param':
    case 'tag':
      return { target: { kind, key }, subject: vocabulary[kind]! };
    default:
      return never(kind);
  }
}

export type Refuse = (why: string) => CustodyError;

export function kindOf({ prefix }: Spelling, { prefixes, what }: Vocabulary, refuse: Refuse): Target['kind'] {
  if (!prefix) return 'attribute';
  if (Object.hasOwn(prefixes, prefix.text)) return prefixes[prefix.text]!;
  throw refuse(
    `'${prefix.text}' is no part of ${what}; before the dot stands one of ${Object.keys(prefixes).join(', ')}`,
  );
}

function attributeOf(key: string, { attributes }: Vocabulary): Resolved | undefined {
  for (const [name, attribute] of Object.entries(attributes)) {
    if (name === key || attribute.aliases?.includes(key))
      return { target: { kind: 'attribute', name }, subject: attribute };
  }
  return undefined;
}

const attributeNames = ({ attributes }: Vocabulary): readonly string[] => Object.keys(attributes);
const list = (words: readonly string[]): string => `there ${words.length === 1 ? 'is' : 'are'} ${words.join(', ')}`;
