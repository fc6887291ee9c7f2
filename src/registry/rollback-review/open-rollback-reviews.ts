import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Approvals, RequestApproval } from '../../approvals/index.js';
import { Bookmark, RecordedEvent } from '../../core/index.js';
import { Following, type Ledger, LEDGER } from '../../ledger/index.js';
import { RolledBack } from '../model/events.js';
import { owedReview } from './owed-review.js';

const RETRY_MS = 2000;

/** Opens the review of a rollback where its own call did not get that far. */
@Injectable()
export class OpenRollbackReviews implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OpenRollbackReviews.name);
  private readonly following: Following | undefined;

  constructor(
    private readonly commands: CommandBus,
    @Optional() approvals?: Approvals,
    @Optional() @Inject(LEDGER) ledger?: Ledger,
  ) {
    if (!ledger || !approvals) return;
    this.following = new Following(ledger, {
      group: 'registry-rollback-reviews',
      types: ['ModelVersionRolledBack'],
      handle: (event) => this.open(event),
      warn: (why) => this.logger.warn(`the review of a rollback could not be opened yet: ${why}`),
      retryMs: RETRY_MS,
    });
  }

  onApplicationBootstrap(): void {
    this.following?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.following?.stop();
  }

  /** In the name of who rolled back: nobody reviews what they did themselves. */
  private async open(event: RecordedEvent): Promise<void> {
    const owed = owedReview(event.data as unknown as RolledBack);
    if (!owed) return;
    const { actor, origin, reason, correlationId, id: causationId, recordedAt: now } = event;
    const context = { actor, origin, reason, correlationId, causationId, now, bookmark: new Bookmark() };
    await this.commands.execute(new RequestApproval(context, owed));
  }
}
