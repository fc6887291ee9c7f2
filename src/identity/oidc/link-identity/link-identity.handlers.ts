import { Inject, Optional } from '@nestjs/common';
import { CommandHandler, ICommandHandler, IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { errors, PersonalData, UserId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { Sessions } from '../../sessions/sessions.js';
import { Accounts } from '../../user/accounts.js';
import { userDecider, userStream } from '../../user/decide.js';
import { noAccount } from '../../user/no-account.js';
import { identityDecider } from '../decide.js';
import { IDENTITY_DIRECTORY } from '../events.js';
import { Identities } from '../identities.js';
import { OIDC_OPTIONS } from '../options.js';
import type { OidcOptions } from '../options.js';
import { LinkedIdentity, LinkIdentity, ListIdentities, UnlinkIdentity } from './link-identity.commands.js';

@CommandHandler(LinkIdentity)
export class LinkIdentityHandler implements ICommandHandler<LinkIdentity> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly accounts: Accounts,
    private readonly identities: Identities,
    private readonly personal: PersonalData,
    @Optional() @Inject(OIDC_OPTIONS) private readonly options?: OidcOptions,
  ) {}

  async execute({ context, input: { userId, subject, rolesFollow } }: LinkIdentity) {
    if (!this.options) throw errors.state('oidc-off', 'this server trusts no OpenID provider (CUSTODY_OIDC_ISSUER)');
    if (context.reason === undefined)
      throw errors.invalid('reason-required', 'say why: whoever is linked acts as the account', 'reason');
    await assertActive(this.accounts, userId);
    const { issuer } = this.options;
    const digest = this.identities.digest(issuer, subject);
    const identity = this.personal.seal(userId, JSON.stringify({ issuer, subject }));
    // Before the link: a crash in between leaves a suspension too many, not a link that signs in another's name.
    const suspend = { type: 'SuspendSigning' as const, why: 'identity-linked' as const, by: context.actor.id };
    await this.decisions.decide(userDecider, userStream(userId), suspend, context);
    const command = { type: 'LinkIdentity' as const, digest, userId, identity, rolesFollow };
    await this.decisions.decide(identityDecider, IDENTITY_DIRECTORY, command, context);
    return { identityId: digest };
  }
}

@CommandHandler(UnlinkIdentity)
export class UnlinkIdentityHandler implements ICommandHandler<UnlinkIdentity> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly sessions: Sessions,
  ) {}

  async execute({ context, input: { userId, identityId: digest } }: UnlinkIdentity): Promise<void> {
    if (context.reason === undefined)
      throw errors.invalid('reason-required', 'say why: whoever is unlinked can’t come in any more', 'reason');
    const command = { type: 'UnlinkIdentity' as const, digest, userId };
    await this.decisions.decide(identityDecider, IDENTITY_DIRECTORY, command, context);
    // Whoever came in by the provider may have come by this identity.
    for (const { sessionId, how } of await this.sessions.live(userId, context.now))
      if (how === 'oidc') await this.sessions.end({ userId, sessionId }, 'revoked', context);
  }
}

/** From the log itself, so that it can't be behind. */
@QueryHandler(ListIdentities)
export class ListIdentitiesHandler implements IQueryHandler<ListIdentities> {
  constructor(
    private readonly accounts: Accounts,
    private readonly identities: Identities,
    private readonly personal: PersonalData,
  ) {}

  async execute({ userId }: ListIdentities): Promise<readonly LinkedIdentity[]> {
    if ((await this.accounts.load(userId)).user.status === 'absent') throw noAccount();
    const links = await this.identities.of(userId);
    return links.map(({ digest, identity, rolesFollow }) => {
      const opened = this.personal.unseal(identity);
      const who =
        opened === undefined ? {} : (JSON.parse(opened) as { readonly issuer: string; readonly subject: string });
      return { identityId: digest, ...who, rolesFollow };
    });
  }
}

async function assertActive(accounts: Accounts, userId: UserId): Promise<void> {
  const { user } = await accounts.load(userId);
  if (user.status === 'absent') throw noAccount();
  if (user.status === 'disabled') throw errors.state('user-disabled', 'the account is disabled');
}
