import { Injectable } from '@nestjs/common';
import { CommandContext } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { ApprovableKinds } from '../approvable-kinds.js';
import { approvalResource } from './catalogue.js';
import { Approval } from './events.js';

/** Requests of some kinds are not for everybody who may see requests: who may, their rooms say. */
@Injectable()
export class Confidential {
  constructor(
    private readonly kinds: ApprovableKinds,
    private readonly policy: AccessPolicy,
  ) {}

  /** @throws CustodyError kind `denied`, which is recorded */
  async assertSeen(context: CommandContext, approval: Approval): Promise<void> {
    const action = this.kinds.seenBy(approval.kind);
    if (action === undefined || approval.requester === context.actor.id) return;
    await this.policy.assert(context, action, approvalResource(approval));
  }

  /** The kinds of which the caller sees their own only. */
  async kindsNotFor(context: CommandContext): Promise<readonly string[]> {
    const hidden = this.kinds
      .confidential()
      .map(async ({ kind, seenBy }) => ((await this.policy.may(context, seenBy)) ? [] : [kind]));
    return (await Promise.all(hidden)).flat();
  }
}
