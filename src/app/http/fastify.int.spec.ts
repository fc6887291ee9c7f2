import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { connect, type AddressInfo } from 'node:net';
import { SEARCH_LIMITS } from '../../mlflow/index.js';
import type { Settings } from '../config/settings.js';
import { HEADER_BYTES, HEADERS_MS } from './connection-errors.js';
import { fastifyAdapter } from './fastify.js';

let fastify: FastifyInstance;
let port: number;

beforeEach(async () => {
  fastify = fastifyAdapter({ maxDatasetBytes: 1, trustedProxies: [] as readonly string[] } as Settings).getInstance();
  fastify.get<{ Querystring: { filter: string } }>('/search', async ({ query }) => ({ length: query.filter.length }));
  fastify.get('/api/2.0/mlflow/:thing', async () => ({}));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  port = (fastify.server.address() as AddressInfo).port;
});
afterEach(() => fastify.close());

/** All that comes back when these bytes are sent. */
const answerTo = (bytes: string): Promise<string> =>
  new Promise((done, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => done(text));
    socket.on('error', reject);
  });
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
const statusOf = (answer: string) => Number(answer.split(' ')[1]);
const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as object;

describe('the HTTP engine', () => {
  it('reads the longest filter with the longest page token in an address', async () => {
    const filter = '%27'.repeat(SEARCH_LIMITS.filterLength);
    const answer = await answerTo(get(`/search?filter=${filter}&page_token=${'t'.repeat(SEARCH_LIMITS.tokenLength)}`));
    expect([statusOf(answer), bodyOf(answer)]).toEqual([200, { length: SEARCH_LIMITS.filterLength }]);
  });

  it('gives up on slow headers, though not on slow bodies', () => {
    const { headersTimeout, requestTimeout } = fastify.server;
    expect([headersTimeout, requestTimeout]).toEqual([HEADERS_MS, 0]);
  });

  it.each([
    ['an address that is too long', get(`/search?filter=${'x'.repeat(HEADER_BYTES)}`), 431, /at most 393216 bytes/],
    ['a header that is too long', get('/').replace('host: a', `x: ${'x'.repeat(HEADER_BYTES)}`), 431, /at most 393216/],
    ['what is no HTTP', '\u0000\u0001 not http\r\n\r\n', 400, /no HTTP request that can be read/],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400, /no HTTP/],
    ['part of an address that is too long', get(`/api/2.0/mlflow/${'x'.repeat(2_001)}`), 414, /max param length/],
    ['an escape that is none', get('/api/2.0/mlflow/%zz'), 400, /not validly percent-encoded/],
  ])('answers %s in MLflow’s shape', async (_what, bytes, status, message) => {
    const answer = await answerTo(bytes);
    expect(statusOf(answer)).toBe(status);
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/m);
    expect(answer).toMatch(/^x-request-id: [0-9a-f-]{36}\r$/m);
    const body = bodyOf(answer);
    expect(body).toMatchObject({ error_code: expect.any(String), message: expect.stringMatching(message) });
  });
});
