import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError, PersonalData, uuidv7 } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { CredentialStore } from '../../credentials/credential-store.js';
import { newTokenSecret, tokenDigest } from '../../credentials/token-secret.js';
import { Accounts } from '../../user/accounts.js';
import { userDecider, userStream } from '../../user/decide.js';
import { noAccount } from '../../user/no-account.js';
import { refuseLimited } from './limited-token.js';
import { IssuedToken, IssueToken } from './tokens.commands.js';

@CommandHandler(IssueToken)
export class IssueTokenHandler implements ICommandHandler<IssueToken> {
  constructor(
    private readonly accounts: Accounts,
    private readonly credentials: CredentialStore,
    private readonly personal: PersonalData,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input }: IssueToken): Promise<IssuedToken> {
    const { label, expiresAt, limits, userId = context.actor.id } = input;
    const by = context.actor.id;
    await refuseLimited(this.policy, context, { kind: 'user', id: userId });
    if (userId !== by) await this.policy.assert(context, 'user:write', { kind: 'user', id: userId });
    // Before anything is sealed: only accounts get keys.
    if ((await this.accounts.load(userId)).user.status === 'absent') throw noAccount();
    const tokenId = `t-${uuidv7()}`;
    const secret = newTokenSecret();
    const command = {
      type: 'IssueToken' as const,
      tokenId,
      label: this.personal.seal(userId, label),
      expiresAt,
      ...(limits === undefined ? {} : { limits }),
      now: context.now,
      by,
    };
    this.credentials.addToken(tokenId, userId, tokenDigest(secret));
    await this.decisions.decide(userDecider, userStream(userId), command, context).catch(async (error: unknown) => {
      if (!(error instanceof CustodyError)) throw error;
      this.credentials.removeToken(tokenId);
      if (error.kind !== 'denied') throw error;
      const { code, message, field } = error;
      const resource = { kind: 'user', id: userId };
      return this.policy.refuse(context, { action: 'self:write', code, message, field, resource });
    });
    return { tokenId, userId, secret };
  }
}
