import { statSync } from 'node:fs';
import { Inject, Injectable, OnModuleInit } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { AccessTrail } from '../../identity/index.js';
import { CountTrainingJobs } from '../../training/index.js';
import type { Foundation } from '../foundation.js';
import { FOUNDATION } from '../foundation.module.js';
import { isFileLedger, layout } from '../layout.js';
import { ProjectionHost } from '../projection/projection-host.js';
import { Metrics } from './metrics.js';

/** What is measured, and where it comes from. Looked up when Prometheus asks; requests only count. */
@Injectable()
export class Measurements implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly projections: ProjectionHost,
    private readonly trail: AccessTrail,
    private readonly queries: QueryBus,
    @Inject(FOUNDATION) private readonly foundation: Foundation,
  ) {}

  onModuleInit(): void {
    this.log();
    this.readModels();
    this.access();
    this.metrics.gauges('custody_training_jobs', 'Training jobs by their state now.', 'state', () => this.jobs());
  }

  private log(): void {
    const { metrics } = this;
    const { traffic, settings } = this.foundation;
    metrics.gauge('custody_log_head_position', 'Position of the last event in the log.', () => this.head());
    metrics.gauge('custody_log_size_bytes', 'Size of the log’s files; absent when the log is on a server.', () =>
      isFileLedger(settings) ? sizeOf(layout(settings).log) : undefined,
    );
    const own = 'by this server since it started';
    metrics.counter('custody_appends_total', `Appends made durable ${own}.`, () => traffic.appends);
    metrics.counter('custody_appended_events_total', `Events made durable ${own}.`, () => traffic.events);
    metrics.counter('custody_appended_bytes_total', `JSON of those events, in bytes.`, () => traffic.bytes);
    metrics.counter(
      'custody_append_conflicts_total',
      'Appends that came second to another writer of their stream and were decided anew.',
      () => traffic.conflicts,
    );
  }

  private readModels(): void {
    const { metrics, projections } = this;
    metrics.gauge(
      'custody_projected_position',
      'Position up to which the read models follow the log.',
      () => projections.checkpoint,
    );
    metrics.gauge('custody_projection_lag', 'Positions that the read models are behind the log.', async () => {
      const head = await this.head();
      return head === undefined ? undefined : Math.max(0, head - projections.checkpoint);
    });
    metrics.gauge('custody_projection_following', '1 while the read models follow the log, 0 when they can’t.', () =>
      projections.problem === undefined ? 1 : 0,
    );
    metrics.counter(
      'custody_projection_batches_total',
      'Batches of events that the read models took in since the server started.',
      () => projections.batches,
    );
  }

  private access(): void {
    const { metrics } = this;
    const { signIns, refusedSignIns, denials } = this.trail.counts;
    metrics.counters('custody_sign_ins_total', 'Sign-ins that were recorded.', 'via', () => signIns);
    metrics.counters(
      'custody_refused_sign_ins_total',
      'Requests answered 401, by reason.',
      'why',
      () => refusedSignIns,
    );
    metrics.counters('custody_denials_total', 'Requests and commands answered 403, by code.', 'code', () => denials);
  }

  /** The server's metrics come also while the log is away; then this one is left out. */
  private head(): Promise<number | undefined> {
    return this.foundation.ledger.head().catch(() => undefined);
  }

  private async jobs(): Promise<Iterable<readonly [string, number]>> {
    return this.queries.execute(new CountTrainingJobs()).catch(() => []);
  }
}

/** What is not moved into the log yet lies in the file beside it. */
function sizeOf(file: string): number {
  const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return size(file) + size(`${file}-wal`);
}
