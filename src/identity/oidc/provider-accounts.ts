import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CommandContext, CustodyError, PersonalData, systemContext, UserId } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { DecisionMaker, LEDGER } from '../../ledger/index.js';
import type { Ledger } from '../../ledger/index.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { ChangeRoles } from '../commands/change-roles/change-roles.command.js';
import { Accounts } from '../user/accounts.js';
import { userDecider, userStream } from '../user/decide.js';
import { Account } from '../user/events.js';
import { Registration } from '../user/registration.js';
import { ProvisionedGrant } from '../scim/groups/decide.js';
import { hasGrants } from '../scim/users/decide.js';
import { grantsOf, kindOf, loginOf, profileOf, rolesOf, Vouched } from './claims.js';
import { identityDecider } from './decide.js';
import { DirectoryAccounts } from './directory-accounts.js';
import { IDENTITY_DIRECTORY, Link } from './events.js';
import { OidcFailure } from './failure.js';
import { Identities } from './identities.js';
import type { OidcOptions } from './options.js';

export type Admission =
  | { readonly ok: true; readonly userId: UserId; readonly digest: string }
  | { readonly ok: false; readonly why: OidcFailure | 'disabled'; readonly userId?: UserId };

/**
 * Which account somebody is whom the provider vouches for: the one that is linked to their subject, or a new
 * one. Never one that only has the same login: the provider's names are not ours.
 */
@Injectable()
export class ProviderAccounts {
  private readonly logger = new Logger(ProviderAccounts.name);

  constructor(
    private readonly identities: Identities,
    private readonly directory: DirectoryAccounts,
    private readonly accounts: Accounts,
    private readonly registration: Registration,
    private readonly decisions: DecisionMaker,
    private readonly commands: CommandBus,
    private readonly personal: PersonalData,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
  ) {}

  /** Leaves the account with the roles that the claims give, where its roles follow them. */
  async admit(vouched: Vouched, options: OidcOptions, requestId: string): Promise<Admission> {
    const digest = this.identities.digest(vouched.issuer, vouched.subject);
    const link =
      (await this.identities.find(digest)) ?? (await this.linkToDirectory(vouched, digest, options, requestId));
    if (link === 'refused') return { ok: false, why: 'account-not-linkable' };
    if (!link) {
      if (!options.createAccounts) return { ok: false, why: 'identity-unknown' };
      return this.create(vouched, digest, options, this.context('first sign-in by the OpenID provider', requestId));
    }
    if (link.status === 'unlinked') return { ok: false, why: 'identity-unlinked' };
    const { userId } = link;
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent' || user.status === 'disabled') return { ok: false, why: 'disabled', userId };
    const context = this.context(`roles follow the claim ${options.roleClaim} of the OpenID provider`, requestId);
    await this.follow(vouched, options, { digest, link, user }, context);
    return { ok: true, userId, digest };
  }

  /**
   * Only to what nobody else could have come in by: an account that the directory made, that never had a subject
   * and has no password. A disabled one is answered as such, and gets no link.
   */
  private async linkToDirectory(
    vouched: Vouched,
    digest: string,
    options: OidcOptions,
    requestId: string,
  ): Promise<Link | 'refused' | undefined> {
    const [user, ...others] = await this.directory.of(vouched, options);
    if (!user) return undefined;
    const { userId, byDirectory, password, status } = user;
    const { issuer, subject } = vouched;
    const identity = this.personal.seal(userId, JSON.stringify({ issuer, subject }));
    // Without a map claims say nothing about roles: groups and administrators do.
    const linking = { digest, userId, identity, rolesFollow: options.roleMap.size > 0 };
    if (status === 'disabled') return { status: 'linked', ...linking };
    if (others.length > 0 || !byDirectory || password) return 'refused';
    const reason = `first sign-in: the ${options.linkBy?.claim} of the OpenID provider is the externalId that the lab’s directory gave the account`;
    const { state } = await this.decisions.decide(
      identityDecider,
      IDENTITY_DIRECTORY,
      { type: 'LinkFirst', ...linking },
      this.context(reason, requestId),
    );
    return state.get(digest) ?? 'refused';
  }

  /**
   * Account first, link second. The id derives from the subject, so whoever comes after a crash in between
   * finds the account that was made for them, and knows it by its id and by who made it.
   */
  private async create(
    { issuer, subject, claims, issuedAt }: Vouched,
    digest: string,
    options: OidcOptions,
    context: CommandContext,
  ): Promise<Admission> {
    const hex = Buffer.from(digest, 'base64url').toString('hex');
    const [userId, kind] = [`u-${hex.slice(0, 32)}` as UserId, kindOf(claims)];
    const login = loginOf(claims, options.loginClaim) ?? `oidc-${hex.slice(0, 12)}`;
    const { identityVerified } = options;
    const holder = await this.registration.reserve('ReserveName', login, kind, userId, context);
    if (holder !== userId) return { ok: false, why: 'login-taken' };
    const account = {
      userId,
      kind,
      login,
      ...profileOf(claims),
      roles: rolesOf(claims, options),
      withoutPassword: true as const,
      ...(identityVerified === undefined || kind === 'service' ? {} : { identityVerified }),
    };
    const made = await this.registration.create(account, context).then(
      () => true,
      (error: unknown) => {
        if (error instanceof CustodyError && error.kind === 'already-exists') return this.madeBySystem(userId);
        throw error;
      },
    );
    if (!made) return { ok: false, why: 'login-taken' };
    await this.grant(userId, grantsOf(claims, options), context);
    const identity = this.personal.seal(userId, JSON.stringify({ issuer, subject }));
    const command = { digest, userId, identity, rolesFollow: true, claimsOf: issuedAt };
    const { state } = await this.decisions.decide(
      identityDecider,
      IDENTITY_DIRECTORY,
      { type: 'LinkAtSignIn', ...command },
      context,
    );
    const link = state.get(digest);
    if (link?.status !== 'linked') return { ok: false, why: 'identity-unlinked' };
    return { ok: true, userId: link.userId, digest };
  }

  /** An administrator who asks for a login while it is reserved here completes the account: then it is theirs to link. */
  private async madeBySystem(userId: UserId): Promise<boolean> {
    const [created] = await this.ledger.read(userStream(userId), { limit: 1 });
    return created?.actor.kind === 'system';
  }

  private async follow(
    { claims, issuedAt }: Vouched,
    options: OidcOptions,
    { digest, link, user }: { readonly digest: string; readonly link: Link; readonly user: Account },
    context: CommandContext,
  ): Promise<void> {
    const [roles, grants] = [rolesOf(claims, options), grantsOf(claims, options)];
    const same = user.roles.join() === roles.join();
    if (!link.rolesFollow || (same && hasGrants(user, 'claims', grants))) return;
    const { state } = await this.decisions.decide(
      identityDecider,
      IDENTITY_DIRECTORY,
      { type: 'FollowClaims', digest, claimsOf: issuedAt },
      context,
    );
    // Claims that are older than those that were followed already: a token that is still good, and out of date.
    if (state.get(digest)?.claimsOf !== issuedAt) return;
    await this.grant(user.userId, grants, context);
    if (same) return;
    try {
      await this.commands.execute(new ChangeRoles(context, { userId: user.userId, roles }));
    } catch (error) {
      // What no administrator could do either; the account keeps the roles that the log gives it.
      if (!(error instanceof CustodyError && (error.kind === 'state' || error.kind === 'denied'))) throw error;
      this.logger.warn({ alert: 'claims-not-followed', userId: user.userId, code: error.code }, error.message);
    }
  }

  private async grant(userId: UserId, grants: readonly ProvisionedGrant[], context: CommandContext): Promise<void> {
    const command = { type: 'ProvisionGrants' as const, from: 'claims' as const, grants };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
  }

  private context(reason: string, requestId: string): CommandContext {
    return systemContext(this.clock.now(), reason, { correlationId: requestId });
  }
}
