import { Injectable, OnModuleInit } from '@nestjs/common';
import { Approvable, ApprovableKinds, ApprovalRules, Dossier, dossierOf } from '../../approvals/index.js';
import { CommandContext, JsonObject, UserId } from '../../core/index.js';
import { userIdOf } from '../user/user-id.js';
import { Erasures } from './erasures.js';

export const ERASURE = 'erasure';

export const erasureAction = (userId: UserId): JsonObject => ({ type: 'erase', user_id: userId });
const personIn = (action: JsonObject): UserId => userIdOf(action['user_id'] as string);

/** What the approvers are told that their signature does; part of what they sign. */
const CONSEQUENCES = [
  'the key of this person’s data is destroyed: names, addresses, network addresses and texts sealed under it can never be read again',
  'the account is disabled for ever, and its tokens, sessions and passwords are gone',
  'what the person did and signed stays in the log under this pseudonym, and every proof and signature still verifies',
  'free texts (reasons, comments, descriptions, file contents) are not changed: if they name the person, they go on naming them',
] as const;

/**
 * Erasing a person, as something that is approved: by a privacy officer, who answers for people's data, and an
 * auditor, who answers for the record; by neither who asked for it, nor whom it is about.
 */
@Injectable()
export class ErasureApproval implements Approvable, OnModuleInit {
  readonly kind = ERASURE;

  constructor(
    private readonly erasures: Erasures,
    private readonly kinds: ApprovableKinds,
  ) {}

  onModuleInit(): void {
    this.kinds.add(this);
  }

  /** By the pseudonym only: what is signed is kept for good, and must not name who is to be forgotten. */
  async dossier(action: JsonObject): Promise<Dossier> {
    const user = await this.erasures.erasable(personIn(action));
    return dossierOf({
      kind: ERASURE,
      user_id: user.userId,
      status: user.status,
      roles: [...user.roles],
      legal_holds: [],
      consequences: [...CONSEQUENCES],
    });
  }

  rules(action: JsonObject): Promise<ApprovalRules> {
    return Promise.resolve({
      order: 'parallel',
      steps: [
        { role: 'privacy-officer', approvals: 1 },
        { role: 'auditor', approvals: 1 },
      ],
      expiresAfterHours: 30 * 24,
      excluded: [{ userId: personIn(action), why: 'are the one who would be erased' }],
    });
  }

  async carryOut(
    context: CommandContext,
    { approvalId, action }: { readonly approvalId: string; readonly action: JsonObject },
  ): Promise<JsonObject> {
    const userId = personIn(action);
    await this.erasures.carryOut(context, userId, approvalId);
    return { type: 'erase', user_id: userId };
  }
}
