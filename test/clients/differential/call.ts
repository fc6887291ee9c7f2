export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type Fields = Readonly<Record<string, Json>>;

/**
 * One call, the same for both servers. Ids that a server gives are written as symbols, `{{run#3}}`; each
 * server's own id takes its place when the call is sent.
 */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/2.0/mlflow/`. */
  readonly path: string;
  /** The query of a GET, the JSON body of the others. */
  readonly fields: Fields;
  /** Which parts of the answer get a symbol. */
  readonly binds?: readonly Bind[];
  /** The field that is missing or wrong on purpose. */
  readonly mutated?: string;
}

export interface Bind {
  readonly symbol: string;
  readonly at: readonly (string | number)[];
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON; a text that is no JSON is `{ "not json": … }`. */
  readonly body: Json;
}

const kindOf = (symbol: string): string => symbol.slice(0, symbol.indexOf('#'));

/** What stands for a symbol that was never bound, because the call that should have made it failed: ids nobody has. */
const NOBODY: Readonly<Record<string, string>> = {
  run: 'e'.repeat(32),
  exp: '999999',
  model: `m-${'e'.repeat(32)}`,
  webhook: '00000000-0000-4000-8000-000000000000',
  token: '',
  name: 'nameless',
};

export class Symbols {
  private readonly actual = new Map<string, string>();

  bind(symbol: string, value: string): void {
    this.actual.set(symbol, value);
  }

  /** A value with every symbol replaced by this server's id. */
  fill<T extends Json>(value: T): T {
    return JSON.parse(
      JSON.stringify(value).replace(/\{\{(\w+#\w+)\}\}/g, (_, symbol: string) =>
        JSON.stringify(this.actual.get(symbol) ?? NOBODY[kindOf(symbol)] ?? symbol).slice(1, -1),
      ),
    ) as T;
  }

  /** The long ids, which may stand anywhere in a text; the short ones (experiments) need their field. */
  longOnes(): readonly (readonly [actual: string, symbol: string])[] {
    return [...this.actual]
      .filter(([symbol, actual]) => !/^(exp|token)#/.test(symbol) && actual.length > 5)
      .map(([symbol, actual]) => [actual, `{{${symbol}}}`] as const);
  }

  experiment(actual: string): string {
    for (const [symbol, each] of this.actual) if (each === actual && symbol.startsWith('exp#')) return `{{${symbol}}}`;
    return actual;
  }
}
