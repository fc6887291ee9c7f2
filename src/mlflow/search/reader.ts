import { CustodyError } from '../../core/index.js';
import { Problem } from './problem.js';
import { Token, tokenize } from './tokens.js';

/** Walks over the tokens of one text; refuses where it stands. */
export class Reader {
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(
    source: string,
    private readonly problem: Problem,
  ) {
    this.tokens = tokenize(source, problem);
    this.end = source.length;
  }
  private readonly end: number;

  get done(): boolean {
    return this.next >= this.tokens.length;
  }

  peek(): Token | undefined {
    return this.tokens[this.next];
  }

  take(fits: (token: Token) => boolean): Token | undefined {
    const token = this.tokens[this.next];
    if (!token || !fits(token)) return undefined;
    this.next += 1;
    return token;
  }

  word(...words: readonly string[]): Token | undefined {
    return this.take(({ kind, text }) => kind === 'word' && words.includes(text.toUpperCase()));
  }

  symbol(text: string): Token | undefined {
    return this.take((token) => token.kind === 'symbol' && token.raw === text);
  }

  /** A refusal about what comes next. */
  refuse(why: string): CustodyError {
    const token = this.tokens[this.next];
    return this.problem.at(token?.from ?? this.end, token?.to ?? this.end, why);
  }

  refuseAt(token: Pick<Token, 'from' | 'to'>, why: string): CustodyError {
    return this.problem.at(token.from, token.to, why);
  }
}
