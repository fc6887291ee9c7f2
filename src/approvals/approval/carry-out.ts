import { Inject, Injectable } from '@nestjs/common';
import { Bookmark, CommandContext, RecordedEvent } from '../../core/index.js';
import { type Ledger, LEDGER } from '../../ledger/index.js';
import { ApprovableKinds } from '../approvable-kinds.js';
import { type ApprovalsOptions, APPROVALS_OPTIONS } from '../options.js';
import { approvalStream } from './decide.js';
import { Approval, Signed } from './events.js';
import { isFinal } from './is-final.js';
import { Approvals } from './approvals.js';
import { approvalsOf, progressOf } from './progress.js';

/**
 * Does what was approved: in the call of the last approver, and again by the reactor if that call did not get
 * that far. Both may do it at once: the same idempotency key each time, and whoever does it makes sure that it
 * takes effect once.
 */
@Injectable()
export class CarryOut {
  constructor(
    private readonly approvals: Approvals,
    private readonly kinds: ApprovableKinds,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(APPROVALS_OPTIONS) private readonly options: ApprovalsOptions,
  ) {}

  /**
   * Ends with the request carried out, or void when what was approved can't be done any more.
   * @throws CustodyError when something is away: it is still granted then, and is finished later
   */
  async finish(approvalId: string, bookmark = new Bookmark()): Promise<Approval> {
    const approval = await this.approvals.get(approvalId);
    if (approval.state !== 'granted') return approval;
    const { kind, action, requester } = approval;
    const approvable = this.kinds.get(kind);
    const context = await this.contextOf(approval, bookmark);
    try {
      const result = await approvable.carryOut(context, { approvalId, action, requester });
      return await this.approvals.decide(approvalId, { type: 'carry-out', result }, context);
    } catch (error) {
      if (!isFinal(error)) throw error;
      return this.approvals.decide(approvalId, { type: 'void', code: error.code, why: error.message }, context);
    }
  }

  /**
   * The last approver acts, because of the grant, in what the request began: also where their signature became
   * enough only later, by other rules.
   */
  private async contextOf(approval: Approval, bookmark: Bookmark): Promise<CommandContext> {
    const { approvalId } = approval;
    const stream = approvalStream(approvalId);
    const [requested] = await this.ledger.read(stream, { limit: 1 });
    const latest = await this.ledger.read(stream, { direction: 'backwards' });
    const { id: causationId } = grantOf(stream, latest);
    const { actor, origin, reason } = lastApprovalOf(approval, latest);
    const { correlationId } = requested!;
    const idempotencyKey = `approval/${approvalId}`;
    const now = this.options.clock.now();
    return { actor, origin, reason, correlationId, causationId, idempotencyKey, now, bookmark };
  }
}

function grantOf(stream: string, latest: readonly RecordedEvent[]): RecordedEvent {
  const granted = latest.find(({ type }) => type === 'ApprovalGranted');
  if (!granted) throw new Error(`${stream} was granted without an event that says so`);
  return granted;
}

function lastApprovalOf(approval: Approval, latest: readonly RecordedEvent[]): RecordedEvent {
  const { counted } = progressOf(approval.rules, approvalsOf(approval));
  const last = latest.find(
    ({ type, data }) => type === 'ApprovalSigned' && counted.has((data as unknown as Signed).signature.signatureId),
  );
  if (!last) throw new Error(`${approvalStream(approval.approvalId)} was granted without an approval that counts`);
  return last;
}
