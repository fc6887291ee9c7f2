import type { FastifyReply, FastifyRequest } from 'fastify';
import { attachment } from './attachment.js';
import type { OpenedArtifact } from './query.js';

/**
 * Never shown by a browser in the server's own origin: a download of bytes, whatever they are. They are
 * opened, and so verified, before the first header: an error must still be able to be an answer.
 */
export async function sendArtifact(
  artifact: OpenedArtifact,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const etag = `"${artifact.sha256}"`;
  const unchanged = request.headers['if-none-match'] === etag;
  const bytes = unchanged ? undefined : await artifact.open();
  void reply.headers({
    etag,
    'content-type': 'application/octet-stream',
    'content-disposition': attachment(artifact.path),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
  });
  if (bytes === undefined) void reply.status(304).send();
  else void reply.header('content-length', artifact.size).send(bytes);
}
