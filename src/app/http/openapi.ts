import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The OpenAPI description of every route, made from the controllers themselves. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Custody')
    .setDescription(
      'The audit-grade MLflow server. Paths under /api/2.0/mlflow are MLflow’s own; what MLflow has not is under /api/v1.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBasicAuth()
    .addBearerAuth()
    .addSecurityRequirements('basic')
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  // The twins that MLflow's own UI calls are the same operations under another prefix.
  const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => !path.startsWith('/ajax-api/')));
  return { ...document, paths };
}

export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'api/docs/openapi.json',
    yamlDocumentUrl: 'api/docs/openapi.yaml',
  });
}
