import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { attachment } from './attachment.js';
import type { OpenedArtifact } from './query.js';

/**
 * Never shown by a browser in the server's own origin: a download of bytes, whatever they are. They are
 * opened, and so verified, before the first header: an error must still be able to be an answer. Without
 * bytes in the answer (HEAD, or the reader has them already) none are read: the event tells all of it.
 */
export async function sendArtifact(
  artifact: OpenedArtifact,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const etag = `"${artifact.sha256}"`;
  const unchanged = request.headers['if-none-match'] === etag;
  const bytes = unchanged || request.method === 'HEAD' ? undefined : await artifact.open();
  void reply.headers({
    etag,
    'content-type': 'application/octet-stream',
    'content-disposition': attachment(artifact.path),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
  });
  if (unchanged) void reply.status(304).send();
  // For HEAD Fastify drops a stream and keeps the length; of anything else it would tell the length itself.
  else void reply.header('content-length', artifact.size).send(bytes ?? Readable.from([]));
}
