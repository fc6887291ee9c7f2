import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { describeRequests } from './openapi-requests.js';

/** The OpenAPI description of every route, made from the controllers and their request classes. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Custody')
    .setDescription(
      'The audit-grade MLflow server. Paths under /api/2.0/mlflow are MLflow’s own; what MLflow has not is under /api/v1.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBasicAuth()
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .addSecurityRequirements('basic')
    .addSecurityRequirements('bearer')
    .build();
  describeRequests(app);
  const document = SwaggerModule.createDocument(app, config);
  // The twins that MLflow's own UI calls are the same operations under another prefix.
  const paths = Object.entries(document.paths).filter(([path]) => !path.startsWith('/ajax-api/'));
  return { ...document, paths: Object.fromEntries(paths.map(([path, item]) => [path, withErrors(path, item)])) };
}

type PathItem = OpenAPIObject['paths'][string];
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

const text = { type: 'string' } as const;
const MLFLOW_ERROR = {
  type: 'object',
  properties: { error_code: text, message: text, sqlstate: text, error_class: text },
} as const;
const PROBLEM = {
  type: 'object',
  properties: { title: text, status: { type: 'integer' }, code: text, detail: text, field: text, request_id: text },
} as const;
const REFUSALS = {
  400: 'The request makes no sense; the answer names the field.',
  401: 'Nobody signed in.',
  403: 'Not permitted; recorded in the trail.',
  404: 'No such thing.',
  503: 'Not now; see Retry-After.',
};

/** Every route can refuse, in the shape of the API that it belongs to. */
function withErrors(path: string, item: PathItem): PathItem {
  if (!path.startsWith('/api/')) return item;
  const ours = path.startsWith('/api/v1/');
  const content = ours
    ? { 'application/problem+json': { schema: PROBLEM } }
    : { 'application/json': { schema: MLFLOW_ERROR } };
  const refusals = Object.fromEntries(
    Object.entries(REFUSALS).map(([status, description]) => [status, { description, content }]),
  );
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    return operation ? [[method, { ...operation, responses: { ...operation.responses, ...refusals } }] as const] : [];
  });
  return { ...item, ...Object.fromEntries(operations) };
}

/** Where the description is, for anybody: it is that of every installation, and holds nothing of this one. */
export const DOCS = 'api/docs';

/** Its pages bring their own scripts and styles, some of them inline, and show nobody else's. */
const DOCS_CSP =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function serveOpenApi(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (request.routeOptions.url?.startsWith(`/${DOCS}`)) void reply.header('content-security-policy', DOCS_CSP);
    done();
  });
  SwaggerModule.setup(DOCS, app, () => openApiDocument(app), {
    jsonDocumentUrl: `${DOCS}/openapi.json`,
    yamlDocumentUrl: `${DOCS}/openapi.yaml`,
  });
}
