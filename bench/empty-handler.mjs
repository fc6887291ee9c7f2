// The yardstick: NestJS on Fastify with one handler that parses the body and answers an empty object.
import 'reflect-metadata';
import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class EmptyController {
  logMetric() {
    return {};
  }
}
const method = Object.getOwnPropertyDescriptor(EmptyController.prototype, 'logMetric');
Post('runs/log-metric')(EmptyController.prototype, 'logMetric', method);
HttpCode(200)(EmptyController.prototype, 'logMetric', method);
Controller('api/2.0/mlflow')(EmptyController);

class EmptyModule {}
Module({ controllers: [EmptyController] })(EmptyModule);

const app = await NestFactory.create(EmptyModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.send({ kind: 'ready', url: `http://127.0.0.1:${app.getHttpServer().address().port}` });
process.on('SIGTERM', () => app.close().then(() => process.exit(0)));
