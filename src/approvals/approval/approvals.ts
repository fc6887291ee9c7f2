import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, Refusal, systemContext } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { ApprovableKinds } from '../approvable-kinds.js';
import { Dossier, SignerAccounts } from '../port.js';
import { ApprovalCommand, approvalDecider, approvalStream, Found } from './decide.js';
import { Approval, ApprovalEvent, MaybeApproval } from './events.js';
import { closed, noSuchApproval } from './refusals.js';
import { isFinal } from './is-final.js';

const ID = /^ap-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a request is about and what it takes, at this moment; or why it has come to nothing. */
export type Present = Found | { readonly gone: { code: string; why: string } };

/** The requests there are, from the log itself, and decisions over them. */
@Injectable()
export class Approvals {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly kinds: ApprovableKinds,
    private readonly accounts: SignerAccounts,
  ) {}

  async find(approvalId: string): Promise<MaybeApproval> {
    if (!ID.test(approvalId)) return approvalDecider.initial;
    return (await this.decisions.load(approvalDecider, approvalStream(approvalId))).state;
  }

  /** @throws CustodyError kind `not-found` */
  async get(approvalId: string): Promise<Approval> {
    return there(await this.find(approvalId));
  }

  /** As it was when its stream ended with this revision. */
  async at(approvalId: string, revision: number): Promise<MaybeApproval> {
    let approval = approvalDecider.initial;
    if (!ID.test(approvalId)) return approval;
    for await (const event of this.decisions.history<ApprovalEvent>(approvalStream(approvalId))) {
      if (event.revision > revision) break;
      approval = approvalDecider.evolve(approval, event);
    }
    return approval;
  }

  /** A dossier that was decided about: the one with this digest, or the last one. */
  async shown(approvalId: string, digest?: string): Promise<Dossier | undefined> {
    const approval = await this.find(approvalId);
    if (approval.state === 'absent') return undefined;
    return approval.dossiers.findLast((each) => each.digest === digest) ?? approval.dossier;
  }

  async decide(approvalId: string, command: ApprovalCommand, context: CommandContext): Promise<Approval> {
    const { state } = await this.decisions.decide(approvalDecider, approvalStream(approvalId), command, context);
    return there(state);
  }

  /** @throws CustodyError what is only away for a moment */
  async present({ kind, action, requester, signatures }: Approval): Promise<Present> {
    const approvable = this.kinds.get(kind);
    const inactive = await this.accounts.inactive([...new Set(signatures.map(({ signer }) => signer))]);
    try {
      return { dossier: await approvable.dossier(action), rules: await approvable.rules(action, requester), inactive };
    } catch (error) {
      if (!isFinal(error)) throw error;
      return { gone: { code: error.code, why: error.message } };
    }
  }

  /** Why the caller may not decide, beside the rules. */
  async objection(context: CommandContext, { kind, action, requester, state }: Approval): Promise<Refusal | undefined> {
    return state === 'open' ? this.kinds.get(kind).objection?.(context, action, requester) : undefined;
  }

  /**
   * The request as it is now: whether its time is over, what it is about, which rules are in force and whose
   * signatures count. What has changed since is noted first, by the server, whoever happens to come along; it is
   * granted when what was signed is enough by now.
   * @throws CustodyError kind `conflict` when it is not open, or not any more
   */
  async refresh(approvalId: string, context: CommandContext): Promise<Approval> {
    const before = await this.expire(approvalId, context);
    if (before.state !== 'open') throw new CustodyError(closed(before).refusal);
    const approval = await this.note(approvalId, context);
    if (approval.state !== 'void') return approval;
    throw new CustodyError(closed(approval).refusal);
  }

  /** The same, also where that is its end. What is closed stays as it is. */
  async note(approvalId: string, context: CommandContext): Promise<Approval> {
    const approval = await this.expire(approvalId, context);
    if (approval.state !== 'open') return approval;
    const present = await this.present(approval);
    const noted = this.noting(context, 'what a request is about was read again');
    const found =
      'gone' in present ? ({ type: 'void', ...present.gone } as const) : ({ type: 'refresh', ...present } as const);
    return this.decide(approvalId, found, noted);
  }

  async expire(approvalId: string, context: CommandContext): Promise<Approval> {
    const approval = await this.get(approvalId);
    if (approval.state !== 'open' || context.now < approval.expiresAt) return approval;
    const noted = this.noting(context, 'the time of a request was over');
    return this.decide(approvalId, { type: 'expire', now: context.now }, noted);
  }

  /** For what the server finds out by itself while it does what somebody asked for. */
  private noting({ correlationId, causationId, bookmark, now }: CommandContext, why: string): CommandContext {
    return systemContext(now, why, { correlationId, causationId, bookmark });
  }
}

function there(approval: MaybeApproval): Approval {
  if (approval.state === 'absent') throw new CustodyError(noSuchApproval().refusal);
  return approval;
}
