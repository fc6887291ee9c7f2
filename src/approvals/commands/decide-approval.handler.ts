import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext } from '../../core/index.js';
import { Approvals } from '../approval/approvals.js';
import { CarryOut } from '../approval/carry-out.js';
import { Asking, mayNotDecide, signedBefore } from '../approval/decide-sign.js';
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
    const again = await this.again(context, input);
    if (again) return again;
    // What is enough by now is granted and done; then there is nothing to decide any more, which is told.
    const before = await this.afterwards(await this.approvals.refresh(input.approvalId, context), context);
    const asking = await this.asking(context, input);
    const refused = { context, action: 'approval:decide' as const, approval: before };
    // Nobody types a password for what would be refused anyway, and no signature is made for it.
    const refusal = (await this.approvals.objection(context, before)) ?? mayNotDecide(asking, before)?.refusal;
    if (refusal) return this.denials.tell(refusal, refused);
    const signature = await this.sign(context, input);
    const signed = await this.denials.around(refused, () =>
      this.approvals.decide(input.approvalId, { type: 'sign', ...asking, signature }, context),
    );
    return answered(await this.afterwards(signed, context), signature.signatureId);
  }

  /**
   * The same decision sent again, because its answer was lost: answered again, to who shows again who they are. It
   * is signed already, and nothing that came since is a reason to refuse it.
   */
  private async again(context: CommandContext, input: DecideApprovalInput) {
    const approval = await this.approvals.get(input.approvalId);
    const given = signedBefore({ ...input, signer: context.actor }, approval);
    if (!given) return undefined;
    await this.signer.confirm(context, statementOf(input), input.credentials);
    return answered(await this.afterwards(approval, context), given.signatureId);
  }

  private async asking(context: CommandContext, { approvalId, decision, meaning, digest }: DecideApprovalInput) {
    const signer = await this.roles.signer(context, approvalId);
    return { signer, decision, meaning, digest, now: context.now } satisfies Asking;
  }

  private sign(context: CommandContext, input: DecideApprovalInput) {
    return this.signer.sign(context, statementOf(input), input.credentials);
  }

  private async afterwards(signed: Approval, { bookmark }: CommandContext): Promise<Approval> {
    return signed.state === 'granted' ? this.finishing.finish(signed.approvalId, bookmark) : signed;
  }
}

const statementOf = ({ approvalId: id, meaning, reason, digest }: DecideApprovalInput) => ({
  meaning,
  reason,
  subject: { kind: 'approval', id },
  digest,
});

const answered = (approval: Approval, signatureId: string) => ({
  ...answerOf(approval),
  signatureId,
  ...(approval.why === undefined ? {} : { why: approval.why }),
});
