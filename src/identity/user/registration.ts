import { Injectable } from '@nestjs/common';
import { CommandContext, errors, PersonalData, Role, UserId, uuidv7 } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { Passwords } from '../credentials/passwords.js';
import { AccountKind, DirectoryCommand, directoryDecider, USER_DIRECTORY } from '../directory/directory.js';
import { Accounts } from './accounts.js';
import { userDecider, userStream } from './decide.js';

export interface NewAccount {
  readonly userId: UserId;
  readonly kind: AccountKind;
  /** Normalized. */
  readonly login: string;
  readonly displayName?: string;
  readonly email?: string;
  readonly roles: readonly Role[];
  /** JSON of what the lab's directory knows besides. */
  readonly details?: string;
  /** Nobody is given a one-time password; there is none until somebody resets it. */
  readonly withoutPassword?: true;
  /** How the person's identity was verified; whoever creates the account vouches for it. */
  readonly identityVerified?: string;
  /** The one-time password, where whoever creates the account has chosen it; as good as a password must be. */
  readonly oneTimePassword?: string;
}

export const newUserId = (): UserId => `u-${uuidv7()}` as UserId;

/**
 * Creating an account in two steps: the directory gives the name to an id, then the account is created
 * under that id. A crash between the two leaves a reserved name without account; whoever asks for the
 * name next gets that id and completes it.
 */
@Injectable()
export class Registration {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly personal: PersonalData,
    private readonly passwords: Passwords,
    private readonly accounts: Accounts,
  ) {}

  /** The id that holds the name afterwards; `undefined` when the name was not given out. */
  async reserve(
    type: DirectoryCommand['type'],
    login: string,
    kind: AccountKind,
    userId: UserId,
    context: CommandContext,
  ) {
    const command = { type, digest: this.accounts.nameDigest(login), userId, kind };
    const { state } = await this.decisions.decide(directoryDecider, USER_DIRECTORY, command, context);
    return state.names.get(command.digest);
  }

  /** @throws already-exists when the account is there; otherwise answers the one-time password of a person */
  async create(account: NewAccount, context: CommandContext): Promise<{ readonly oneTimePassword?: string }> {
    if ((await this.accounts.load(account.userId)).user.status !== 'absent') throw taken();
    if (account.kind === 'service' || account.withoutPassword) {
      await this.record(account, context);
      return {};
    }
    const { userId } = account;
    const oneTimePassword = account.oneTimePassword ?? this.passwords.oneTime();
    await this.passwords.replace({ userId, password: oneTimePassword, now: context.now }, (verifierId) =>
      this.record(account, context, verifierId),
    );
    return { oneTimePassword };
  }

  private async record(account: NewAccount, context: CommandContext, verifierId?: string): Promise<void> {
    const { userId, kind, login, displayName = login, email, roles, details, identityVerified: how } = account;
    const seal = (text: string) => this.personal.seal(userId, text);
    const command = {
      type: 'CreateUser' as const,
      userId,
      kind,
      login: seal(login),
      displayName: seal(displayName),
      ...(email === undefined ? {} : { email: seal(email) }),
      roles,
      ...(details === undefined ? {} : { details: seal(details) }),
      ...(how === undefined ? {} : { verified: { how: seal(how), by: context.actor.id } }),
      now: context.now,
      ...(verifierId === undefined ? {} : { verifierId }),
    };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
  }
}

const taken = () => errors.alreadyExists('user-exists', 'there is already an account with this login', 'login');
