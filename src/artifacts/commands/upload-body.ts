import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface UploadBody {
  readonly body: Readable | Buffer;
  readonly declaredBytes?: number;
}

/**
 * Gives the body of a raw upload to whoever takes it in. When that fails with bytes still on their way,
 * the connection ends with the answer: reading gigabytes that are refused already helps nobody.
 */
export async function receiveBody<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  take: (body: UploadBody) => Promise<T>,
): Promise<T> {
  const declared = request.headers['content-length'];
  try {
    return await take({
      body: bodyOf(request),
      ...(declared === undefined ? {} : { declaredBytes: Number(declared) }),
    });
  } catch (error) {
    if (!request.raw.readableEnded) void reply.header('connection', 'close');
    throw error;
  }
}

/** An empty file comes without a body. Anything parsed already would be stored as something else: refuse it. */
function bodyOf({ body }: FastifyRequest): Readable | Buffer {
  if (body instanceof Readable) return body;
  if (body === undefined || body === null) return Buffer.alloc(0);
  throw new Error('the body of an upload was parsed before it got here; acceptRawUploads is not in place');
}
