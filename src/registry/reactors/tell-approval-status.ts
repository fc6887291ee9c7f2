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
import { Following, type Ledger, LEDGER } from '../../ledger/index.js';
import { MODEL_VERSION, recordedAction } from '../approval/actions.js';
import { APPROVAL_REQUEST, APPROVAL_STATUS } from '../approval/governed-tag.js';
import { Models } from '../model/models.js';

const GROUP = 'registry-approval-status';
const TYPES = ['ApprovalRequested', 'ApprovalRejected', 'ApprovalWithdrawn', 'ApprovalExpired', 'ApprovalVoided'];
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
  private readonly following: Following | undefined;

  constructor(
    private readonly models: Models,
    @Optional() approvals?: Approvals,
    @Optional() @Inject(LEDGER) ledger?: Ledger,
  ) {
    this.following =
      ledger &&
      approvals &&
      new Following(ledger, {
        group: GROUP,
        types: TYPES,
        ordered: true,
        handle: (event) => this.tell(event, approvals),
        warn: (why) => this.logger.warn(`the status of an approval could not be told: ${why}`),
        retryMs: RETRY_MS,
      });
  }

  onApplicationBootstrap(): void {
    this.following?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.following?.stop();
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
}

/** A version that was deleted has no tags. */
function unlessGone(error: unknown): void {
  if (!(error instanceof CustodyError && error.kind === 'not-found')) throw error;
}
