import type { FastifyInstance } from 'fastify';

const RAW = 'application/x-custody-raw';
const UPLOAD = /^\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/(?:artifacts\/\*|mpu\/part\/:upload_id\/:part_number)$/;

/**
 * Leaves the body of artifact uploads unread, whatever content type they claim, so that it can stream to
 * disk; without this Fastify would parse JSON files and refuse types it does not know. To be called once,
 * before the routes are registered. Goes by the route, not by the URL, which can be spelled in many ways.
 */
export function acceptRawUploads(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.method === 'PUT' && UPLOAD.test(request.routeOptions.url ?? '')) request.headers['content-type'] = RAW;
    done();
  });
  fastify.addContentTypeParser(RAW, (_request, payload, done) => done(null, payload));
}
