import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus can ask for. Labels are routes, never paths: no id and no name of anyone. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly head = this.gauge('custody_log_head_position', 'Position of the last event in the log.');
  readonly projected = this.gauge('custody_projected_position', 'Position up to which the read models follow the log.');
  private readonly requests = new Histogram({
    name: 'custody_http_request_seconds',
    help: 'Time from request to answer, in seconds.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observe(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      this.requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
      done();
    });
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
