/** An answer that is not a success, as a person reads it. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  constructor(
    readonly status: number,
    readonly body: unknown,
    what: string,
  ) {
    super(`${what} answered ${status}: ${explain(body)}`);
  }

  /** What the server says, without how it was asked. */
  get detail(): string {
    return explain(this.body);
  }
}

const explain = (body: unknown): string => {
  const { message, detail } = (body ?? {}) as { message?: string; detail?: string };
  return message ?? detail ?? JSON.stringify(body);
};

/** Talks to Custody as any client outside would: HTTP, JSON, Basic authentication. */
export class Client {
  /** Position of the last write: sent along, so that a read on any server includes it. */
  private position = 0;

  constructor(
    readonly url: string,
    private readonly login: string,
    private readonly password: string,
    /** Ends a request under way, too. */
    private readonly signal?: AbortSignal,
  ) {}

  get<T>(path: string, query: Readonly<Record<string, string | number | undefined>> = {}): Promise<T> {
    const text = new URLSearchParams(
      Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
    );
    return this.send<T>('GET', text.size > 0 ? `${path}?${text.toString()}` : path);
  }

  post<T>(path: string, body: unknown, reason?: string): Promise<T> {
    return this.send<T>('POST', path, JSON.stringify(body), 'application/json', reason);
  }

  upload<T>(path: string, body: Buffer, type: string, reason?: string): Promise<T> {
    return this.send<T>('POST', path, new Uint8Array(body), type, reason);
  }

  async text(path: string): Promise<string> {
    return (await this.fetch('GET', path)).text();
  }

  private async send<T>(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    type?: string,
    reason?: string,
  ): Promise<T> {
    const response = await this.fetch(method, path, body, type, reason);
    const position = Number(response.headers.get('x-custody-position') ?? 0);
    if (position > this.position) this.position = position;
    return (await response.json()) as T;
  }

  private async fetch(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    type?: string,
    reason?: string,
  ): Promise<Response> {
    const response = await fetch(this.url + path, {
      method,
      ...(this.signal ? { signal: this.signal } : {}),
      ...(body === undefined ? {} : { body }),
      headers: {
        authorization: `Basic ${Buffer.from(`${this.login}:${this.password}`).toString('base64')}`,
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(reason === undefined ? {} : { 'x-custody-reason': Buffer.from(reason).toString('latin1') }),
        ...(this.position > 0 ? { 'x-custody-position': String(this.position) } : {}),
      },
    });
    if (response.ok) return response;
    const text = await response.text();
    throw new HttpFailure(response.status, parse(text), `${method} ${path.split('?', 1)[0]}`);
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
