import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { CommandContext, PersonalData, RecordedEvent, Refusal } from '../../../core/index.js';
import { type Ledger, LEDGER } from '../../../ledger/index.js';
import { Inject } from '@nestjs/common';
import { Approvals } from '../../approval/approvals.js';
import { approvalStream } from '../../approval/decide.js';
import { mayNotDecide } from '../../approval/decide-sign.js';
import { Confidential } from '../../approval/confidential.js';
import { Approval } from '../../approval/events.js';
import { approvalsOf, Progress, progressOf } from '../../approval/progress.js';
import { RolesHere } from '../../approval/roles-here.js';
import { Signature } from '../../port.js';

export interface ApprovalView {
  /** With the dossier and the rules as they are now, while it is open; afterwards as they were. */
  readonly approval: Approval;
  /** The dossier is another one than that which was decided about before. */
  readonly changed: boolean;
  /** Why nobody can decide about it any more, before that is noted. */
  readonly gone?: { readonly code: string; readonly why: string };
  readonly progress: Progress;
  readonly events: readonly RecordedEvent[];
  /** Why the caller may not decide; nothing, where they may. */
  readonly refusal?: Refusal;
  readonly printedName: (signature: Signature) => string | undefined;
}

export class GetApproval extends Query<ApprovalView> {
  constructor(
    readonly context: CommandContext,
    readonly approvalId: string,
  ) {
    super();
  }
}

@QueryHandler(GetApproval)
export class GetApprovalHandler implements IQueryHandler<GetApproval> {
  constructor(
    private readonly approvals: Approvals,
    private readonly roles: RolesHere,
    private readonly confidential: Confidential,
    private readonly personal: PersonalData,
    @Inject(LEDGER) private readonly ledger: Ledger,
  ) {}

  async execute({ context, approvalId }: GetApproval): Promise<ApprovalView> {
    const recorded = await this.approvals.get(approvalId);
    await this.confidential.assertSeen(context, recorded);
    const present = recorded.state === 'open' ? await this.approvals.present(recorded) : recorded;
    const gone = 'gone' in present ? { gone: present.gone } : {};
    const { dossier, rules } = 'gone' in present ? recorded : present;
    const approval: Approval = { ...recorded, dossier, rules, state: stateAt(recorded, context) };
    const refusal = await this.refusal(context, approval);
    return {
      approval,
      changed: dossier.digest !== recorded.dossier.digest,
      ...gone,
      progress: progressOf(rules, approvalsOf(approval)),
      events: await this.ledger.read(approvalStream(approvalId)),
      ...(refusal === undefined ? {} : { refusal }),
      printedName: ({ printedName }) => this.personal.unseal(printedName),
    };
  }

  private async refusal(context: CommandContext, approval: Approval): Promise<Refusal | undefined> {
    const { actor, now } = context;
    const signer = { ...actor, roles: await this.roles.of(context, approval.approvalId) };
    const { digest } = approval.dossier;
    const objection = await this.approvals.objection(context, approval);
    if (objection) return objection;
    return mayNotDecide({ signer, decision: 'approve', meaning: 'approved', digest, now }, approval)?.refusal;
  }
}

const stateAt = ({ state, expiresAt }: Approval, { now }: CommandContext) =>
  state === 'open' && now >= expiresAt ? 'expired' : state;
