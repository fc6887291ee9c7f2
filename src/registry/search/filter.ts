import { errors } from '../../core/index.js';

export type Comparator = '=' | '!=' | 'LIKE' | 'ILIKE' | '>' | '>=' | '<' | '<=';

export type Clause =
  | { readonly kind: 'text'; readonly key: string; readonly comparator: Comparator; readonly value: string }
  | { readonly kind: 'list'; readonly key: string; readonly negated: boolean; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly key: string; readonly comparator: Comparator; readonly value: number }
  | { readonly kind: 'tag'; readonly key: string; readonly comparator: Comparator; readonly value: string };

export interface Vocabulary {
  readonly texts: readonly string[];
  readonly lists: readonly string[];
  readonly numbers: readonly string[];
}

type Token =
  | { readonly kind: 'word' | 'text' | 'key'; readonly text: string }
  | { readonly kind: 'symbol'; readonly text: string };

const TOKEN =
  /\s*(?:(?<text>'[^']*')|(?<key>"[^"]*"|`[^`]*`)|(?<symbol><=|>=|!=|<>|[=<>(),.])|(?<word>[\p{L}\p{N}_:/-]+(?:\.\d+)?))/uy;
const MAX_FILTER = 10_000;

/**
 * `clause AND clause …` in MLflow's search language, as far as the registry needs it: attributes and tags.
 * What it does not know it refuses and says so; nothing is ever ignored.
 */
export function parseFilter(filter: string | undefined, vocabulary: Vocabulary): readonly Clause[] {
  if (filter === undefined || filter.trim() === '') return [];
  if (filter.length > MAX_FILTER) throw refused(`it is longer than ${MAX_FILTER} characters`);
  const tokens = new Tokens(filter);
  const clauses = [clause(tokens, vocabulary)];
  while (!tokens.done) {
    if (!tokens.word('AND')) throw refused(`only AND joins conditions, not ${tokens.describe()}`);
    clauses.push(clause(tokens, vocabulary));
  }
  return clauses;
}

function clause(tokens: Tokens, { texts, lists, numbers }: Vocabulary): Clause {
  const { entity, key } = subject(tokens);
  if (entity === 'tag') {
    const comparator = comparatorOf(tokens, ['=', '!=', 'LIKE', 'ILIKE']);
    return { kind: 'tag', key, comparator, value: tokens.string() };
  }
  if (numbers.includes(key)) {
    const comparator = comparatorOf(tokens, ['=', '!=', '>', '>=', '<', '<=']);
    return { kind: 'number', key, comparator, value: tokens.number() };
  }
  if (!texts.includes(key))
    throw refused(`'${key}' can't be searched for; ${[...texts, ...numbers].join(', ')} and tags can`);
  const negated = tokens.word('NOT');
  if (tokens.word('IN')) {
    if (!lists.includes(key)) throw refused(`IN is for ${lists.join(', ')}`);
    return { kind: 'list', key, negated, values: tokens.list() };
  }
  if (negated) throw refused('NOT is followed by IN');
  return { kind: 'text', key, comparator: comparatorOf(tokens, ['=', '!=', 'LIKE', 'ILIKE']), value: tokens.string() };
}

function subject(tokens: Tokens): { entity: 'attribute' | 'tag'; key: string } {
  const first = tokens.identifier();
  if (!tokens.symbol('.')) return { entity: 'attribute', key: first };
  const key = tokens.dotted();
  if (/^tags?$/i.test(first)) return { entity: 'tag', key };
  if (/^attr(ibutes?)?$/i.test(first)) return { entity: 'attribute', key };
  throw refused(`'${first}' is not something that the registry has; attributes and tags are`);
}

function comparatorOf(tokens: Tokens, allowed: readonly Comparator[]): Comparator {
  const found = tokens.comparator();
  const comparator = allowed.find((each) => each === found);
  if (!comparator) throw refused(`${found} can't be used here; ${allowed.join(', ')} can`);
  return comparator;
}

class Tokens {
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(filter: string) {
    this.tokens = tokenize(filter.trim());
  }

  get done(): boolean {
    return this.next >= this.tokens.length;
  }

  describe(): string {
    return this.done ? 'the end' : `'${this.tokens[this.next]!.text}'`;
  }

  word(text: string): boolean {
    return this.take((token) => token.kind === 'word' && token.text.toUpperCase() === text) !== undefined;
  }

  symbol(text: string): boolean {
    return this.take((token) => token.kind === 'symbol' && token.text === text) !== undefined;
  }

  identifier(): string {
    const token = this.take(({ kind }) => kind === 'word' || kind === 'key');
    if (!token) throw refused(`a name is missing before ${this.describe()}`);
    return token.text;
  }

  /** A key without quotes may hold dots: `tags.mlflow.note`. */
  dotted(): string {
    let key = this.identifier();
    while (this.symbol('.')) key += `.${this.identifier()}`;
    return key;
  }

  comparator(): string {
    const token = this.take(
      ({ kind, text }) => (kind === 'symbol' && /^[=!<>]/.test(text)) || (kind === 'word' && /^I?LIKE$/i.test(text)),
    );
    if (!token) throw refused(`a comparison is missing before ${this.describe()}`);
    return token.text === '<>' ? '!=' : token.text.toUpperCase();
  }

  string(): string {
    const token = this.take(({ kind }) => kind === 'text' || kind === 'key');
    if (!token) throw refused(`a text in quotes is missing before ${this.describe()}`);
    return token.text;
  }

  number(): number {
    const token = this.take(({ kind }) => kind !== 'symbol');
    if (!token || !/^\d{1,16}$/.test(token.text)) throw refused('a whole number is missing');
    return Number(token.text);
  }

  list(): readonly string[] {
    if (!this.symbol('(')) throw refused('IN is followed by a list in parentheses');
    const values = [this.string()];
    while (this.symbol(',')) values.push(this.string());
    if (!this.symbol(')')) throw refused('a list ends with )');
    return values;
  }

  private take(fits: (token: Token) => boolean): Token | undefined {
    const token = this.tokens[this.next];
    if (!token || !fits(token)) return undefined;
    this.next += 1;
    return token;
  }
}

function tokenize(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < filter.length) {
    const from = pattern.lastIndex;
    const { text, key, symbol, word } = pattern.exec(filter)?.groups ?? {};
    if (text !== undefined) tokens.push({ kind: 'text', text: text.slice(1, -1) });
    else if (key !== undefined) tokens.push({ kind: 'key', text: key.slice(1, -1) });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else throw refused(`it can't be read from '${filter.slice(from, from + 40)}' on`);
  }
  return tokens;
}

const refused = (why: string) => errors.invalid('filter-invalid', `Invalid filter string: ${why}.`, 'filter');
