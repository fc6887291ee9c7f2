import { Injectable } from '@nestjs/common';
import { CommandContext, errors, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { LegalHolds } from '../../records/index.js';
import { AdministratorChanges } from '../administrators/administrator-changes.js';
import { CredentialStore } from '../credentials/credential-store.js';
import { Keystore } from '../keystore/index.js';
import { FactorStore } from '../second-factor/factor-store.js';
import { SessionStore } from '../sessions/session-store.js';
import { TicketStore } from '../signing/ticket-store.js';
import { Accounts } from '../user/accounts.js';
import { userDecider, userStream } from '../user/decide.js';
import { Account } from '../user/events.js';
import { noAccount } from '../user/no-account.js';

/** Destroys what tells who somebody was. What they did stays, under their pseudonym. */
@Injectable()
export class Erasures {
  constructor(
    private readonly accounts: Accounts,
    private readonly holds: LegalHolds,
    private readonly changes: AdministratorChanges,
    private readonly decisions: DecisionMaker,
    private readonly keystore: Keystore,
    private readonly credentials: CredentialStore,
    private readonly sessions: SessionStore,
    private readonly factors: FactorStore,
    private readonly tickets: TicketStore,
  ) {}

  /** Somebody who can be erased as things are now. @throws CustodyError why they can't */
  async erasable(userId: UserId): Promise<Account> {
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent') throw noAccount();
    if (user.kind !== 'person')
      throw errors.state(
        'not-a-person',
        'a service account is nobody whose data could be erased: disable it',
        'user_id',
      );
    if (user.erased) throw errors.state('person-erased', 'this person was erased already: nothing is left of them');
    await this.holds.assertFree(userId);
    if (await this.changes.isLast(user))
      throw errors.state('last-administrator', 'this is the last administrator: make somebody else one first');
    return user;
  }

  /**
   * May stop anywhere and be done again: each step is done once, and the next only after it. The key goes when
   * nothing can bring the account back, and the event that says so comes when it is gone.
   */
  async carryOut(context: CommandContext, userId: UserId, approvalId: string): Promise<void> {
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent') throw noAccount();
    await this.holds.clear(context, userId, approvalId);
    await this.changes.decide(
      userId,
      (released) => ({ type: 'CloseForErasure', ...(released === undefined ? {} : { released }) }),
      context,
      'erasure:request',
    );
    this.forget(userId);
    await this.decisions.decide(userDecider, userStream(userId), { type: 'NoteErased', approvalId }, context);
  }

  /** The key, and all that the person signed in with. */
  forget(userId: UserId): void {
    this.credentials.forgetUser(userId);
    this.sessions.forgetUser(userId);
    this.factors.forgetUser(userId);
    this.tickets.forgetUser(userId);
    this.keystore.erase(userId);
  }
}
