import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Actor, Role, UserId } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { Keystore } from '../keystore/index.js';
import { claim, presented } from './authorization-header.js';
import { headerText } from './header-text.js';
import { Identification, Identified } from './identification.js';
import { notLocal } from './local-request.js';

export const CLAIMED_NAME_HEADER = 'x-custody-user';
/** Enough for a whole trial, but no administration: there are no accounts to administer. */
export const OPEN_ROLES: readonly Role[] = ['analyst', 'reviewer', 'auditor'];
const ACTORS = 1000;

/**
 * `serve --open`: no accounts, everybody on this machine may come, and every event says that nobody
 * checked who it was, together with the name that the client claims.
 */
@Injectable()
export class OpenIdentification extends Identification {
  private readonly actors = new LRUCache<string, Actor>({ max: ACTORS });

  constructor(private readonly keystore: Keystore) {
    super();
  }

  async identify(request: CustodyRequest): Promise<Identified> {
    const message = notLocal(request);
    if (message === undefined) return { known: true, actor: this.actorOf(claimedName(request)) };
    // Whoever it is must not make us keep a key for every name they invent.
    return {
      known: true,
      actor: this.actorOf('anonymous'),
      refused: { code: 'not-local', message },
    };
  }

  private actorOf(name: string): Actor {
    const known = this.actors.get(name);
    if (known) return known;
    const keyed = Buffer.from(this.keystore.lookupDigest(`unverified:${name}`), 'base64url');
    const id = `unverified-${keyed.toString('hex').slice(0, 16)}` as UserId;
    const claimedName = this.keystore.seal(id, name);
    const actor: Actor = { id, kind: 'person', roles: OPEN_ROLES, via: 'none', verified: false, claimedName };
    this.actors.set(name, actor);
    return actor;
  }
}

function claimedName(request: CustodyRequest): string {
  const { authorization, [CLAIMED_NAME_HEADER]: header } = request.headers;
  const given = authorization === undefined ? undefined : presented(authorization);
  const login = given && 'login' in given ? claim(given.login) : undefined;
  return login ?? claim(typeof header === 'string' ? headerText(header).trim() : undefined) ?? 'anonymous';
}
