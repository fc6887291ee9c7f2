import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CommandContext, errors, Micros, UserId, uuidv7 } from '../../core/index.js';
import { ApprovableKinds } from '../approvable-kinds.js';
import { Approvals } from '../approval/approvals.js';
import { Approval } from '../approval/events.js';
import { digestOf } from '../digest.js';
import { ApprovalDirectory } from '../directory/approval-directory.js';
import { Numbered } from '../directory/directory.js';
import { ApprovalRules } from '../port.js';
import { ApprovalAnswer, RequestApproval, RequestApprovalInput } from './approvals.commands.js';
import { answerOf } from './answer.js';

const HOUR = 3_600_000_000;
const MAX_TRIES = 8;

@CommandHandler(RequestApproval)
export class RequestApprovalHandler implements ICommandHandler<RequestApproval> {
  constructor(
    private readonly approvals: Approvals,
    private readonly directory: ApprovalDirectory,
    private readonly kinds: ApprovableKinds,
  ) {}

  async execute({ context, input }: RequestApproval): Promise<ApprovalAnswer> {
    const { kind, action, subject } = input;
    const key = digestOf({ kind, action, subject: { ...subject } });
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const known = await this.directory.latest(key);
      const state = known && (await this.approvals.find(known.approvalId));
      // Numbered, and then the server died: it is made now, under that number.
      if (known && state?.state === 'absent') return answerOf(await this.make(context, input, known));
      if (known && input.once) return answerOf(await this.approvals.get(known.approvalId));
      const still = known && (await this.stillThere(known.approvalId, context));
      if (still) return answerOf(still);
      const approvalId = `ap-${uuidv7()}`;
      const numbered = await this.directory.reserve({ key, approvalId, after: known?.approvalId }, context);
      if (numbered.approvalId === approvalId) return answerOf(await this.make(context, input, numbered));
    }
    throw errors.conflict('request-contested', 'others keep asking for the same and taking it back; try again');
  }

  /** One that can still come to something; what has changed since it was made is noted. */
  private async stillThere(approvalId: string, context: CommandContext): Promise<Approval | undefined> {
    const { state } = await this.approvals.expire(approvalId, context);
    if (state === 'granted') return this.approvals.get(approvalId);
    return state === 'open' ? this.approvals.refresh(approvalId, context) : undefined;
  }

  private async make(context: CommandContext, input: RequestApprovalInput, numbered: Numbered): Promise<Approval> {
    const { kind, action, subject, title, comment } = input;
    const approvable = this.kinds.get(kind);
    const requester: UserId = context.actor.onBehalfOf ?? context.actor.id;
    const dossier = await approvable.dossier(action);
    const rules = possible(await approvable.rules(action, requester));
    const expiresAt = Math.round(context.now + rules.expiresAfterHours * HOUR) as Micros;
    const asked = { kind, action, subject, title, requester, dossier, rules, expiresAt };
    return this.approvals.decide(
      numbered.approvalId,
      { type: 'request', ...numbered, ...asked, ...(comment === undefined ? {} : { comment }) },
      context,
    );
  }
}

/** Rules that need nobody would grant a request without anybody's signature. */
function possible(rules: ApprovalRules): ApprovalRules {
  const whole = rules.steps.every(({ approvals }) => Number.isInteger(approvals) && approvals > 0);
  if (rules.steps.length > 0 && whole && rules.expiresAfterHours > 0) return rules;
  throw errors.state(
    'rules-impossible',
    'the rules that are in force for this ask for nobody: an approval needs somebody',
  );
}
