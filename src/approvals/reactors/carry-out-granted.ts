import { setTimeout as sleep } from 'node:timers/promises';
import { BeforeApplicationShutdown, Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { RecordedEvent } from '../../core/index.js';
import { Following, type Ledger, LEDGER } from '../../ledger/index.js';
import { CarryOut } from '../approval/carry-out.js';
import { type ApprovalsOptions, APPROVALS_OPTIONS } from '../options.js';

const GROUP = 'approvals-carry-out';

/**
 * Finishes what was granted and not done, because the server died between the last signature and what it
 * permits, or something was away then. At least once, from the log; that it takes effect once is seen to where
 * it is done.
 */
@Injectable()
export class CarryOutGranted implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CarryOutGranted.name);
  private readonly following: Following;

  constructor(
    @Inject(LEDGER) ledger: Ledger,
    @Inject(APPROVALS_OPTIONS) private readonly options: ApprovalsOptions,
    private readonly finishing: CarryOut,
  ) {
    // Never given up: what somebody approved must be done, or be void.
    this.following = new Following(ledger, {
      group: GROUP,
      types: ['ApprovalGranted'],
      handle: (event, stopping) => this.finish(event, stopping),
      warn: (why) => this.logger.warn(`what was approved could not be done yet: ${why}`),
      retryMs: options.retryMs,
    });
  }

  onApplicationBootstrap(): void {
    this.following.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.following.stop();
  }

  /** Whose call it is has some time to do it first. One that stops in the meantime leaves it to the next server. */
  private async finish({ data, recordedAt }: RecordedEvent, stopping: AbortSignal): Promise<void> {
    const left = this.options.graceMs - (this.options.clock.now() - recordedAt) / 1000;
    if (left > 0) await sleep(left, undefined, { signal: stopping, ref: false });
    await this.finishing.finish(data['approvalId'] as string);
  }
}
