import { setTimeout as sleep } from 'node:timers/promises';
import { BeforeApplicationShutdown, Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Delivery, type Ledger, LEDGER, LedgerUnavailable } from '../../ledger/index.js';
import { CarryOut } from '../approval/carry-out.js';
import { type ApprovalsOptions, APPROVALS_OPTIONS } from '../options.js';

const GROUP = 'approvals-carry-out';
const NO_LIMIT = 1_000_000;

/**
 * Finishes what was granted and not done, because the server died between the last signature and what it
 * permits, or something was away then. At least once, from the log; that it takes effect once is seen to where
 * it is done.
 */
@Injectable()
export class CarryOutGranted implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CarryOutGranted.name);
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(APPROVALS_OPTIONS) private readonly options: ApprovalsOptions,
    private readonly finishing: CarryOut,
  ) {}

  onApplicationBootstrap(): void {
    this.work = this.follow();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.consume(signal).catch((error: unknown) => this.warn(error));
      await this.pause(this.options.retryMs);
    }
  }

  private async consume(signal: AbortSignal): Promise<void> {
    const consumer = await this.ledger.consume(GROUP, {
      types: ['ApprovalGranted'],
      startFrom: 'start',
      // Never given up: what somebody approved must be done, or be void.
      maxRetries: NO_LIMIT,
    });
    const close = () => void consumer.close().catch(() => undefined);
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const delivery of consumer) await this.handle(delivery);
    } finally {
      signal.removeEventListener('abort', close);
      await consumer.close();
    }
  }

  /** What is not acknowledged, because the server stops, comes again. */
  private async handle(delivery: Delivery): Promise<void> {
    const { event } = delivery;
    const age = (this.options.clock.now() - event.recordedAt) / 1000;
    await this.pause(this.options.graceMs - age);
    while (!this.stopping.signal.aborted) {
      try {
        await this.finishing.finish(event.data['approvalId'] as string);
        return await delivery.ack();
      } catch (error) {
        this.warn(error);
        await this.pause(this.options.retryMs);
        // That the log is away is no fault of the request: nothing is decided about it until the log is back.
        if (!(error instanceof LedgerUnavailable) && !this.stopping.signal.aborted)
          return delivery.nack('retry', error instanceof Error ? error.message : String(error));
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  private warn(error: unknown): void {
    this.logger.warn(
      `what was approved could not be done yet: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
