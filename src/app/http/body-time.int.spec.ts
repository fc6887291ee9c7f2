import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Fastify, { FastifyInstance } from 'fastify';
import { connect, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { boundBodyTime } from './body-time.js';

const SLICE = 200;

describe('a body', () => {
  let fastify: FastifyInstance;
  let socket: Socket;
  let heard: string;
  let closed: Promise<void>;
  beforeEach(async () => {
    fastify = Fastify();
    boundBodyTime(fastify, { sliceMs: SLICE, leastBytes: 100 });
    fastify.addContentTypeParser('application/x-raw', (_request, payload, done) => done(null, payload));
    fastify.post('/json', (request) => request.body);
    fastify.post('/raw', async (request) => {
      let bytes = 0;
      for await (const chunk of request.body as AsyncIterable<Buffer>) bytes += chunk.length;
      return { bytes };
    });
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    socket = connect((fastify.server.address() as AddressInfo).port, '127.0.0.1');
    heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('error', () => undefined);
    closed = new Promise((resolve) => socket.once('close', () => resolve()));
  });
  afterEach(async () => {
    socket.destroy();
    await fastify.close();
  });

  const head = (path: string, type: string, length: number) =>
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`);

  it.each([
    ['/json', 'application/json'],
    ['/raw', 'application/x-raw'],
  ])('that stops coming is answered 408, and the connection ends (%s)', async (path, type) => {
    head(path, type, 10_000);
    socket.write('{');
    await closed;
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(heard).toContain('connection: close');
    expect(heard).toContain('the body stopped coming');
  });

  it('that drips is ended as well', async () => {
    head('/json', 'application/json', 10_000);
    const drip = setInterval(() => socket.write(' '), 20);
    await closed;
    clearInterval(drip);
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('may take as long as it needs while it keeps coming', async () => {
    head('/raw', 'application/x-raw', 2000);
    for (let sent = 0; sent < 2000; sent += 100) {
      socket.write('x'.repeat(100));
      await sleep(SLICE / 4);
    }
    for (let tries = 0; heard === '' && tries < 100; tries++) await sleep(20);
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    expect(heard).toContain('{"bytes":2000}');
  });
});
