import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_MS = 5000;

/**
 * Reads on what a refused client is still sending, for a while, and forgets it. A socket that is closed with
 * unread bytes is reset, and then the client never sees why it was refused.
 */
export function drained(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let left = MOST_BYTES;
    const timer = setTimeout(done, MOST_MS);
    const count = (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) done();
    };
    function done(): void {
      clearTimeout(timer);
      request.off('data', count).off('end', done).off('close', done);
      request.resume();
      resolve();
    }
    request.on('data', count).once('end', done).once('close', done);
    request.resume();
  });
}
