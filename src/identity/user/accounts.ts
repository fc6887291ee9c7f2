import { Injectable } from '@nestjs/common';
import { UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { directoryDecider, USER_DIRECTORY } from '../directory/directory.js';
import { Keystore } from '../keystore/index.js';
import { userDecider, userStream } from './decide.js';
import { User } from './events.js';

export interface Loaded {
  readonly user: User;
  readonly revision: number;
}

interface Load {
  readonly running: Promise<Loaded>;
  next?: Promise<Loaded>;
}

/** The present state of accounts, straight from the log. */
@Injectable()
export class Accounts {
  private readonly loads = new Map<UserId, Load>();

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

  /**
   * Never older than the call: a read that was under way already may have missed a change that was
   * acknowledged before this call, so whoever comes during one shares the next.
   */
  load(userId: UserId): Promise<Loaded> {
    const load = this.loads.get(userId);
    if (!load) return this.start(userId);
    return (load.next ??= load.running.then(
      () => this.start(userId),
      () => this.start(userId),
    ));
  }

  private start(userId: UserId): Promise<Loaded> {
    const running = this.read(userId);
    const load: Load = { running };
    this.loads.set(userId, load);
    const done = () => {
      if (this.loads.get(userId) === load && !load.next) this.loads.delete(userId);
    };
    running.then(done, done);
    return running;
  }

  private async read(userId: UserId): Promise<Loaded> {
    const { state, revision } = await this.decisions.load(userDecider, userStream(userId));
    return { user: state, revision };
  }
}
