import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What was counted elsewhere, by the value of one label; the empty label for what has none. */
export type Counts = Iterable<readonly [label: string, value: number]>;

/** What Prometheus can ask for. Labels are routes and codes, never paths: no id and no name of anyone. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
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

  /** A value as it is whenever somebody asks; nothing is measured in between. */
  gauge(name: string, help: string, read: () => number | undefined | Promise<number | undefined>): void {
    const registers = [this.registry];
    const collect = async function (this: Gauge) {
      const value = await read();
      this.reset();
      if (value === undefined) this.remove();
      else this.set(value);
    };
    new Gauge({ name, help, registers, collect });
  }

  /** Numbers by one label, as they are whenever somebody asks. */
  gauges(name: string, help: string, label: string, read: () => Counts | Promise<Counts>): void {
    const registers = [this.registry];
    const collect = async function (this: Gauge) {
      const counts = await read();
      this.reset();
      for (const [value, count] of counts) this.set({ [label]: value }, count);
    };
    new Gauge({ name, help, labelNames: [label], registers, collect });
  }

  /** Something that only grows while the server runs, counted by whoever does it. */
  counter(name: string, help: string, read: () => number): void {
    const registers = [this.registry];
    const collect = function (this: Counter) {
      this.reset();
      this.inc(read());
    };
    new Counter({ name, help, registers, collect });
  }

  counters(name: string, help: string, label: string, read: () => Counts): void {
    const registers = [this.registry];
    const collect = function (this: Counter) {
      this.reset();
      for (const [value, count] of read()) this.inc({ [label]: value }, count);
    };
    new Counter({ name, help, labelNames: [label], registers, collect });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
