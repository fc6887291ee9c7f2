import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { errors } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { CredentialStore } from '../../credentials/credential-store.js';
import { userDecider, userStream } from '../../user/decide.js';
import { RevokeToken } from './tokens.commands.js';

@CommandHandler(RevokeToken)
export class RevokeTokenHandler implements ICommandHandler<RevokeToken> {
  constructor(
    private readonly credentials: CredentialStore,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context, input: { tokenId } }: RevokeToken): Promise<void> {
    const owner = this.credentials.ownerOf(tokenId);
    if (owner === undefined) throw errors.notFound('token-not-found', 'there is no such token');
    if (owner !== context.actor.id) {
      await this.policy.assert(context, 'user:write', {
        kind: 'token',
        id: tokenId,
        parents: [{ kind: 'user', id: owner }],
      });
    }
    await this.decisions.decide(userDecider, userStream(owner), { type: 'RevokeToken', tokenId }, context);
    // From here on the event alone keeps it shut; a crash leaves a digest that opens nothing.
    this.credentials.forgetSecret(tokenId);
  }
}
