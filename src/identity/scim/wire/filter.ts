import { Attribute, named, Schema } from './attributes.js';
import { Path, pathOf } from './path.js';
import { invalid } from './problem.js';

const OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
type Operator = (typeof OPERATORS)[number];
export type Literal = string | number | boolean | null;

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'present'; readonly path: Path }
  | { readonly kind: 'compare'; readonly path: Path; readonly operator: Operator; readonly literal: Literal }
  /** `emails[type eq "work"]`: the filter holds for one value of the attribute. */
  | { readonly kind: 'each'; readonly attribute: Attribute; readonly filter: Filter };

const MAX_LENGTH = 2000;
const MAX_DEPTH = 30;
/** Each alternative starts with another character, and none can match in two ways: time grows with the length. */
const TOKEN = /\s+|[()[\]]|"(?:[^"\\]|\\["\\/bfnrtu])*"|[^\s()[\]"]+/gy;

type Find = (name: string) => Path | undefined;

/** RFC 7644 §3.4.2.2. What it says is kept as data, and compared in memory; none of it becomes a part of a query. */
export function parseFilter(text: string, schema: Schema): Filter {
  return new Parser(tokens(text), (name) => pathOf(schema, name)).all();
}

/** What stands in the brackets after an attribute. */
export function parseValueFilter(text: string, attribute: Attribute): Filter {
  return new Parser(tokens(text), within(attribute)).all();
}

const within =
  (attribute: Attribute): Find =>
  (name) => {
    const sub = named(attribute.subAttributes ?? [], name);
    return sub && { attribute: sub };
  };

function tokens(text: string): readonly string[] {
  if (text.length > MAX_LENGTH) throw invalid.filter(`it is longer than ${MAX_LENGTH} characters`);
  if (!text.isWellFormed() || text.includes('\0')) throw invalid.filter('it holds NUL or half a character');
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw invalid.filter(`what stands from character ${at + 1} on can't be read`);
    if (token.trim() !== '') found.push(token);
  }
  return found;
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly string[],
    private find: Find,
  ) {}

  all(): Filter {
    const filter = this.or();
    if (this.at < this.tokens.length) throw invalid.filter(`'${this.tokens[this.at]}' is not expected there`);
    return filter;
  }

  private or(): Filter {
    if (++this.depth > MAX_DEPTH) throw invalid.filter(`it is nested more than ${MAX_DEPTH} levels deep`);
    let left = this.and();
    while (this.takes('or')) left = { kind: 'or', left, right: this.and() };
    this.depth--;
    return left;
  }

  private and(): Filter {
    let left = this.one();
    while (this.takes('and')) left = { kind: 'and', left, right: this.one() };
    return left;
  }

  private one(): Filter {
    if (this.takes('(')) return this.closed(')');
    if (this.next()?.toLowerCase() === 'not' && this.tokens[this.at + 1] === '(') {
      this.at += 2;
      return { kind: 'not', of: this.closed(')') };
    }
    const name = this.take('an attribute');
    const path = this.find(name);
    if (!path) throw invalid.filter(`there is no attribute '${name}'`);
    if (this.takes('[')) return this.values(path);
    const operator = this.take('an operator').toLowerCase();
    if (operator === 'pr') return { kind: 'present', path };
    if (!isOperator(operator)) throw invalid.filter(`'${operator}' is no operator`);
    return { kind: 'compare', path, operator, literal: literalOf(this.take('a value')) };
  }

  private values({ attribute, sub }: Path): Filter {
    if (sub || !attribute.multiValued || !attribute.subAttributes)
      throw invalid.filter(`${(sub ?? attribute).name} does not have several values with parts`);
    const { find } = this;
    this.find = within(attribute);
    const filter = this.closed(']');
    this.find = find;
    return { kind: 'each', attribute, filter };
  }

  private closed(by: string): Filter {
    const filter = this.or();
    if (!this.takes(by)) throw invalid.filter(`a '${by}' is missing`);
    return filter;
  }

  private next(): string | undefined {
    return this.tokens[this.at];
  }

  private takes(word: string): boolean {
    if (this.next()?.toLowerCase() !== word) return false;
    this.at++;
    return true;
  }

  private take(what: string): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw invalid.filter(`${what} is missing at its end`);
    return token;
  }
}

const isOperator = (text: string): text is Operator => (OPERATORS as readonly string[]).includes(text);

function literalOf(token: string): Literal {
  let value: unknown;
  try {
    value = JSON.parse(token);
  } catch {
    throw invalid.filter(`${token} is no value: texts stand in double quotes`);
  }
  if (value !== null && typeof value === 'object') throw invalid.filter(`${token} is no value`);
  return value as Literal;
}
