import type { NestFastifyApplication } from '@nestjs/platform-fastify';

type Method = 'GET' | 'POST' | 'DELETE';

export interface PageAnswer {
  readonly status: number;
  readonly body: { readonly [field: string]: unknown };
  readonly setCookie: string | undefined;
}

/** As much of a browser as sessions need: it keeps the cookie, and its page sends the token that it was told. */
export interface Browser {
  cookie: string | undefined;
  csrf: string | undefined;
  send(method: Method, path: string, payload?: object, headers?: Readonly<Record<string, string>>): Promise<PageAnswer>;
  get(path: string): Promise<PageAnswer>;
  post(path: string, payload: object): Promise<PageAnswer>;
  delete(path: string, payload?: object): Promise<PageAnswer>;
  signIn(given: object, headers?: Readonly<Record<string, string>>): Promise<PageAnswer>;
}

export function openBrowser(app: NestFastifyApplication): Browser {
  const browser: Browser = {
    cookie: undefined,
    csrf: undefined,
    async send(method, path, payload, headers = {}) {
      const {
        statusCode,
        body,
        headers: answered,
      } = await app.inject({
        method,
        url: `/api/v1/${path}`,
        remoteAddress: '198.51.100.23',
        ...(payload === undefined ? {} : { payload }),
        headers: {
          'user-agent': 'Lab-Browser/9.9',
          ...(browser.cookie === undefined ? {} : { cookie: browser.cookie }),
          ...(browser.csrf === undefined ? {} : { 'x-custody-csrf': browser.csrf }),
          ...headers,
        },
      });
      const setCookie = answered['set-cookie'] as string | undefined;
      if (setCookie !== undefined) browser.cookie = setCookie.split(';')[0]!;
      return { status: statusCode, body: (body === '' ? {} : JSON.parse(body)) as PageAnswer['body'], setCookie };
    },
    get: (path) => browser.send('GET', path),
    post: (path, payload) => browser.send('POST', path, payload),
    delete: (path, payload) => browser.send('DELETE', path, payload),
    async signIn(given, headers) {
      const answer = await browser.send('POST', 'sessions', given, headers);
      if (answer.status === 201) browser.csrf = answer.body['csrf_token'] as string;
      return answer;
    },
  };
  return browser;
}
