import type { ConnectionError } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { uuidv7 } from '../../core/index.js';
import { BAD_REQUEST, mlflowError } from '../../mlflow/index.js';
import { commonHeaders } from './common-headers.js';

/**
 * Room for the longest filter in the address of a GET (100,000 characters, each at most three when escaped)
 * with a page token of 50,000 behind it. A connection that sends nothing but headers holds no more than
 * this, and not longer than the time below.
 */
export const HEADER_BYTES = 384 * 1024;
export const HEADERS_MS = 30_000;
/** How long a client that is still sending has to read why it was refused. */
const LINGER_MS = 1_000;

/**
 * What Node's parser refuses never becomes a request: there is no path yet to tell MLflow's calls by, so
 * all of it is answered in MLflow's shape.
 */
export function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return;
  const { status, message } = reasonOf(error.code);
  const body = JSON.stringify(mlflowError(BAD_REQUEST.code, message));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(commonHeaders(uuidv7())).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Closing at once would reset a connection with unread bytes, and the answer would be lost with it.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function reasonOf(code: string): { readonly status: number; readonly message: string } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        message: `the address and headers of a request have at most ${HEADER_BYTES} bytes; look for fewer things at once, or send what can be posted as a POST`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: `the headers of a request must arrive within ${HEADERS_MS / 1000} seconds` };
    default:
      return { status: 400, message: `this is no HTTP request that can be read (${code})` };
  }
}
