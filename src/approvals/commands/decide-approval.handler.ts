import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext } from '../../core/index.js';
import { Approvals } from '../approval/approvals.js';
import { CarryOut } from '../approval/carry-out.js';
import { Asking, mayNotDecide } from '../approval/decide-sign.js';
import { Denials } from '../approval/denials.js';
import { Approval } from '../approval/events.js';
import { RolesHere } from '../approval/roles-here.js';
import { Signer } from '../port.js';
import { answerOf } from './answer.js';
import { DecideApproval, DecideApprovalInput } from './approvals.commands.js';

@CommandHandler(DecideApproval)
export class DecideApprovalHandler implements ICommandHandler<DecideApproval> {
  constructor(
    private readonly approvals: Approvals,
    private readonly signer: Signer,
    private readonly roles: RolesHere,
    private readonly denials: Denials,
    private readonly finishing: CarryOut,
  ) {}

  async execute({ context: caller, input }: DecideApproval) {
    const context = { ...caller, reason: input.reason };
    const before = await this.approvals.refresh(input.approvalId, context);
    const asking = await this.asking(context, input);
    const refused = { context, action: 'approval:decide' as const, approval: before };
    // Nobody types a password for what would be refused anyway, and no signature is made for it.
    const refusal = (await this.approvals.objection(context, before)) ?? mayNotDecide(asking, before)?.refusal;
    if (refusal) return this.denials.tell(refusal, refused);
    const signature = await this.sign(context, input);
    const signed = await this.denials.around(refused, () =>
      this.approvals.decide(input.approvalId, { type: 'sign', ...asking, signature }, context),
    );
    const after = await this.afterwards(signed, context);
    return {
      ...answerOf(after),
      signatureId: signature.signatureId,
      ...(after.why === undefined ? {} : { why: after.why }),
    };
  }

  private async asking(context: CommandContext, { approvalId, decision, meaning, digest }: DecideApprovalInput) {
    const { actor, now } = context;
    const signer = { ...actor, roles: await this.roles.of(context, approvalId) };
    return { signer, decision, meaning, digest, now } satisfies Asking;
  }

  private sign(context: CommandContext, { approvalId: id, meaning, reason, digest, credentials }: DecideApprovalInput) {
    return this.signer.sign(context, { meaning, reason, subject: { kind: 'approval', id }, digest }, credentials);
  }

  private async afterwards(signed: Approval, { bookmark }: CommandContext): Promise<Approval> {
    return signed.state === 'granted' ? this.finishing.finish(signed.approvalId, bookmark) : signed;
  }
}
