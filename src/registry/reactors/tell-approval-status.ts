import { setTimeout as sleep } from 'node:timers/promises';
import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { ApprovalState, Approvals } from '../../approvals/index.js';
import { CustodyError, RecordedEvent, systemContext } from '../../core/index.js';
import { Delivery, type Ledger, LEDGER, LedgerUnavailable } from '../../ledger/index.js';
import { MODEL_VERSION, recordedAction } from '../approval/actions.js';
import { APPROVAL_REQUEST, APPROVAL_STATUS } from '../approval/governed-tag.js';
import { Models } from '../model/models.js';

const GROUP = 'registry-approval-status';
const TYPES = ['ApprovalRequested', 'ApprovalRejected', 'ApprovalWithdrawn', 'ApprovalExpired', 'ApprovalVoided'];
const NO_LIMIT = 1_000_000;
const RETRY_MS = 2000;

/** What is approved is told where it is done, in the same append. */
const STATUS: Partial<Record<ApprovalState, string>> = {
  open: 'Pending_Review',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  void: 'Void',
};

/** A version's tags say how the request for its promotion stands, to whoever looks at versions only. */
@Injectable()
export class TellApprovalStatus implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TellApprovalStatus.name);
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly models: Models,
    @Optional() private readonly approvals?: Approvals,
    @Optional() @Inject(LEDGER) private readonly ledger?: Ledger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.ledger && this.approvals) this.work = this.follow(this.ledger, this.approvals);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async follow(ledger: Ledger, approvals: Approvals): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.consume(ledger, approvals).catch((error: unknown) => this.warn(error));
      await this.pause();
    }
  }

  private async consume(ledger: Ledger, approvals: Approvals): Promise<void> {
    const { signal } = this.stopping;
    const consumer = await ledger.consume(GROUP, {
      types: TYPES,
      startFrom: 'start',
      ordered: true,
      maxRetries: NO_LIMIT,
    });
    const close = () => void consumer.close().catch(() => undefined);
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const delivery of consumer) await this.handle(delivery, approvals);
    } finally {
      signal.removeEventListener('abort', close);
      await consumer.close();
    }
  }

  private async handle(delivery: Delivery, approvals: Approvals): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.tell(delivery.event, approvals);
        return await delivery.ack();
      } catch (error) {
        this.warn(error);
        await this.pause();
        if (!(error instanceof LedgerUnavailable) && !this.stopping.signal.aborted)
          return delivery.nack('retry', error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** By how it stands now: an event that comes late does not bring back what is over. */
  private async tell({ id, data, correlationId, recordedAt }: RecordedEvent, approvals: Approvals): Promise<void> {
    if (data['kind'] !== MODEL_VERSION) return;
    const approval = await approvals.get(data['approvalId'] as string);
    const status = STATUS[approval.state];
    if (status === undefined) return;
    const { modelId, name, version } = recordedAction(approval.action);
    const tags = [
      [APPROVAL_STATUS, status],
      [APPROVAL_REQUEST, String(approval.number)],
    ] as const;
    const idempotencyKey = `approval-status/${id}`;
    const context = systemContext(recordedAt, 'a request for approval has changed', {
      correlationId,
      causationId: id,
      idempotencyKey,
    });
    const current = (await this.models.nameOf(modelId)) ?? name;
    await this.models.decideOn(modelId, current, { type: 'note-approval', version, tags }, context).catch(unlessGone);
  }

  private async pause(): Promise<void> {
    await sleep(RETRY_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  private warn(error: unknown): void {
    this.logger.warn(
      `the status of an approval could not be told: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A version that was deleted has no tags. */
function unlessGone(error: unknown): void {
  if (!(error instanceof CustodyError && error.kind === 'not-found')) throw error;
}
