import { Injectable } from '@nestjs/common';
import { UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { directoryDecider, USER_DIRECTORY } from '../directory/directory.js';
import { Keystore } from '../keystore/index.js';
import { SharedLoads } from '../shared-loads.js';
import { userDecider, userStream } from './decide.js';
import { User } from './events.js';

export interface Loaded {
  readonly user: User;
  readonly revision: number;
}

/** The present state of accounts, straight from the log. */
@Injectable()
export class Accounts {
  private readonly loads = new SharedLoads((userId: UserId) => this.read(userId));

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly keystore: Keystore,
  ) {}

  /** A keyed digest: what the directory holds in place of the login. */
  nameDigest(login: string): string {
    return this.keystore.lookupDigest(`login:${login}`);
  }

  async idOf(login: string): Promise<UserId | undefined> {
    const { state } = await this.decisions.load(directoryDecider, USER_DIRECTORY);
    return state.names.get(this.nameDigest(login));
  }

  /** The number that MLflow's clients know the account by; never another's. */
  async numberOf(userId: UserId): Promise<number> {
    const { state } = await this.decisions.load(directoryDecider, USER_DIRECTORY);
    return state.numbers.get(userId) ?? 0;
  }

  /** Never older than the call. */
  load(userId: UserId): Promise<Loaded> {
    return this.loads.load(userId);
  }

  private async read(userId: UserId): Promise<Loaded> {
    const { state, revision } = await this.decisions.load(userDecider, userStream(userId));
    return { user: state, revision };
  }
}
