import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { attachment } from './attachment.js';
import { byteRange, sliced } from './byte-range.js';
import type { OpenedArtifact } from './query.js';

/**
 * Never shown by a browser in the server's own origin: a download of bytes, whatever they are. They are
 * opened, and so verified, before the first header: an error must still be able to be an answer. Without
 * bytes in the answer (HEAD, or the reader has them already) none are read: the event tells all of it.
 * A range is taken out of bytes that were all verified, like the whole.
 */
export async function sendArtifact(
  artifact: OpenedArtifact,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const etag = `"${artifact.sha256}"`;
  const unchanged = request.headers['if-none-match'] === etag;
  const range = unchanged ? undefined : rangeAskedFor(request, artifact.size, etag);
  const noBytes = unchanged || request.method === 'HEAD' || range === 'unsatisfiable';
  const bytes = noBytes ? undefined : await artifact.open();
  void reply.headers({
    etag,
    'content-type': 'application/octet-stream',
    'content-disposition': attachment(artifact.path),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
  });
  if (unchanged) void reply.status(304).send();
  else if (range === 'unsatisfiable') void reply.status(416).header('content-range', `bytes */${artifact.size}`).send();
  else if (range && bytes) {
    const { start, end } = range;
    const headers = { 'content-range': `bytes ${start}-${end}/${artifact.size}`, 'content-length': end + 1 - start };
    void reply.status(206).headers(headers).send(sliced(bytes, range));
  }
  // For HEAD Fastify drops a stream and keeps the length; of anything else it would tell the length itself.
  else void reply.header('content-length', artifact.size).send(bytes ?? Readable.from([]));
}

/** Of other bytes than those that the reader has a part of, all are sent. HEAD has no ranges. */
function rangeAskedFor({ method, headers }: FastifyRequest, size: number, etag: string) {
  const ifRange = headers['if-range'];
  if (method === 'HEAD' || (ifRange !== undefined && ifRange !== etag)) return undefined;
  return byteRange(headers.range, size);
}
