import { setTimeout as sleep } from 'node:timers/promises';
import { BeforeApplicationShutdown, Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { systemContext } from '../../core/index.js';
import { ExpireApproval } from '../commands/approvals.commands.js';
import { type ApprovalsOptions, APPROVALS_OPTIONS } from '../options.js';
import { OverdueApprovals } from '../queries/approvals/query.js';

/** Notes that the time of requests is over, also of those that nobody looks at any more. */
@Injectable()
export class ExpireOverdue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ExpireOverdue.name);
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(APPROVALS_OPTIONS) private readonly options: ApprovalsOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.work = this.watch();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  async sweep(): Promise<void> {
    for (const approvalId of await this.queries.execute(new OverdueApprovals())) {
      const context = systemContext(this.options.clock.now(), 'the time of a request was over');
      await this.commands.execute(new ExpireApproval(context, { approvalId }));
    }
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(this.options.sweepMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.sweep().catch((error: unknown) => {
        this.logger.warn(`requests could not be expired: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  }
}
