import { Command } from '@nestjs/cqrs';
import { CommandContext, JsonObject } from '../../core/index.js';
import { ApprovalState, Verdict } from '../approval/events.js';
import { Meaning, SigningCredentials, Subject } from '../port.js';

export interface RequestApprovalInput {
  readonly kind: string;
  /** What is done once it is approved, as whoever offers the kind understands it. */
  readonly action: JsonObject;
  readonly subject: Subject;
  readonly title: string;
  readonly comment?: string;
  /** One for ever: where there was one, it is answered, whatever became of it. */
  readonly once?: true;
}

export interface ApprovalAnswer {
  readonly approvalId: string;
  readonly number: number;
  readonly state: ApprovalState;
  /** Of the dossier that is decided about. */
  readonly digest: string;
}

/** An open request for the same is answered instead of a second one. */
export class RequestApproval extends Command<ApprovalAnswer> {
  constructor(
    readonly context: CommandContext,
    readonly input: RequestApprovalInput,
  ) {
    super();
  }
}

export interface DecideApprovalInput {
  readonly approvalId: string;
  readonly decision: Verdict;
  readonly meaning: Meaning;
  readonly reason: string;
  /** Of the dossier that the signer was shown. */
  readonly digest: string;
  readonly credentials: SigningCredentials;
}

/** Signs a decision. With the last approval, what was approved is done before the answer. */
export class DecideApproval extends Command<ApprovalAnswer & { readonly signatureId: string; readonly why?: string }> {
  constructor(
    readonly context: CommandContext,
    readonly input: DecideApprovalInput,
  ) {
    super();
  }
}

export class WithdrawApproval extends Command<ApprovalAnswer> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly approvalId: string },
  ) {
    super();
  }
}

export class CommentApproval extends Command<ApprovalAnswer> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly approvalId: string; readonly comment: string },
  ) {
    super();
  }
}

/** Notes that a request's time is over, if it is. */
export class ExpireApproval extends Command<ApprovalAnswer> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly approvalId: string },
  ) {
    super();
  }
}
