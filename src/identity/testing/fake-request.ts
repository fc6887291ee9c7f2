import type { ExecutionContext } from '@nestjs/common';
import { CustodyRequest } from '../../http/index.js';

export interface FakeRequest {
  readonly authorization?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly url?: string;
  readonly remoteAddress?: string;
  readonly protocol?: 'http' | 'https';
}

/** As much of a Fastify request as the guard looks at. */
export function fakeRequest({
  authorization,
  headers = {},
  method = 'POST',
  url = '/api/v1/things',
  remoteAddress = '127.0.0.1',
  protocol = 'http',
}: FakeRequest = {}) {
  const all = {
    host: 'localhost:5000',
    'user-agent': 'lab-client/1.0',
    ...(authorization === undefined ? {} : { authorization }),
    ...headers,
  };
  const request = {
    id: 'req-1',
    method,
    headers: all,
    host: all.host,
    protocol,
    ip: remoteAddress,
    socket: { remoteAddress },
    routeOptions: { url },
  };
  return request as unknown as CustodyRequest;
}

export function execution(handler: object, request: CustodyRequest): ExecutionContext {
  return {
    getHandler: () => handler,
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
}

export const basic = (login: string, password: string): string =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
export const bearer = (token: string): string => `Bearer ${token}`;

/** A controller's route handler, as the guard gets it: its metadata, not to be called. */
export const handlerOf = (controller: new () => object, name: string): object =>
  Object.getOwnPropertyDescriptor(controller.prototype, name)!.value as object;
