import { Injectable } from '@nestjs/common';
import { UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { Keystore } from '../keystore/index.js';
import { identityDecider } from './decide.js';
import { IDENTITY_DIRECTORY, Link, Links } from './events.js';

/** The present links between subjects of the provider and accounts, straight from the log. */
@Injectable()
export class Identities {
  private running: Promise<Links> | undefined;
  private next: Promise<Links> | undefined;

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly keystore: Keystore,
  ) {}

  /** Keyed: subjects are short and can be guessed. Both parts are told apart, so that none runs into the other. */
  digest(issuer: string, subject: string): string {
    return this.keystore.lookupDigest(`identity:${JSON.stringify([issuer, subject])}`);
  }

  async find(digest: string): Promise<Link | undefined> {
    return (await this.load()).get(digest);
  }

  async of(userId: UserId): Promise<readonly (Link & { readonly digest: string })[]> {
    const mine = (await this.load()).filter((link) => link.userId === userId && link.status === 'linked');
    return [...mine].map(([digest, link]) => ({ digest, ...link }));
  }

  async stillLinked(digest: string, userId: UserId): Promise<boolean> {
    const link = await this.find(digest);
    return link?.status === 'linked' && link.userId === userId;
  }

  /** Never older than the call: whoever comes while a read is under way shares the next one. */
  private load(): Promise<Links> {
    if (!this.running) return this.start();
    return (this.next ??= this.running.then(
      () => this.start(),
      () => this.start(),
    ));
  }

  private start(): Promise<Links> {
    this.next = undefined;
    const running = this.decisions.load(identityDecider, IDENTITY_DIRECTORY).then(({ state }) => state);
    this.running = running;
    const done = () => {
      if (this.running === running && !this.next) this.running = undefined;
    };
    running.then(done, done);
    return running;
  }
}
