import { Answer, Call, Json, Symbols } from './call.js';

/** One of the two servers, with the ids that it has given in the sequence under way. */
export class Side {
  private symbols = new Symbols();

  /** @param token of an account; none where nobody asks for one */
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  forget(): void {
    this.symbols = new Symbols();
  }

  get ids(): Symbols {
    return this.symbols;
  }

  async send(call: Call): Promise<Answer> {
    const fields = this.symbols.fill(call.fields);
    const path = this.symbols.fill(call.path);
    const get = call.method === 'GET';
    const response = await fetch(`${this.url}/api/2.0/mlflow/${path}${get ? queryOf(fields) : ''}`, {
      method: call.method,
      headers: {
        ...(get ? {} : { 'content-type': 'application/json' }),
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      },
      ...(get ? {} : { body: JSON.stringify(fields) }),
    });
    const answer = { status: response.status, body: parse(await response.text()) };
    for (const { symbol, at } of call.binds ?? []) {
      const value = at.reduce<unknown>(
        (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
        answer.body,
      );
      if (typeof value === 'string') this.symbols.bind(symbol, value);
    }
    return answer;
  }
}

function queryOf(fields: Readonly<Record<string, Json>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const each of Array.isArray(value) ? (value as readonly Json[]) : [value])
      query.append(name, typeof each === 'string' ? each : JSON.stringify(each));
  return `?${query.toString()}`;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return { 'not json': text };
  }
}
