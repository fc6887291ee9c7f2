import { digestOf } from '../../approvals/index.js';
import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Micros, UserId } from '../../core/index.js';
import { Identities } from '../oidc/identities.js';
import { Matter, SigningFailure } from './events.js';
import { TicketStore } from './ticket-store.js';

const PREFIX = 'sgt_';
/** Time to come back from the provider's page and press the button, no more. */
export const TICKET_SECONDS = 60;

export type Redeemed = { readonly ok: true } | { readonly ok: false; readonly why: SigningFailure };

/** What a sign-in at the provider, made for one signature, is worth: once, within a minute, for that signature. */
@Injectable()
export class SigningTickets {
  constructor(
    private readonly store: TicketStore,
    private readonly identities: Identities,
  ) {}

  issue(userId: UserId, matter: Matter, identity: string, now: Micros): string {
    const ticket = `${PREFIX}${randomBytes(32).toString('base64url')}`;
    const expiresAt = (now + TICKET_SECONDS * 1e6) as Micros;
    this.store.add(ticketDigest(ticket), { userId, matter: matterDigest(matter), identity, expiresAt }, now);
    return ticket;
  }

  async redeem(ticket: string, userId: UserId, matter: Matter, now: Micros): Promise<Redeemed> {
    const taken = this.store.take(ticketDigest(ticket), now);
    if (taken === 'unknown') return { ok: false, why: 'unknown-ticket' };
    if (taken === 'used') return { ok: false, why: 'replayed-ticket' };
    if (taken.userId !== userId) return { ok: false, why: 'ticket-of-another' };
    if (taken.expiresAt <= now) return { ok: false, why: 'expired-ticket' };
    if (taken.matter !== matterDigest(matter)) return { ok: false, why: 'ticket-for-another-matter' };
    if (!(await this.identities.stillLinked(taken.identity, userId))) return { ok: false, why: 'identity-unlinked' };
    return { ok: true };
  }
}

/** Random enough that a plain digest tells nothing. */
const ticketDigest = (ticket: string): Buffer => hash('sha256', ticket, 'buffer');

const matterDigest = ({ meaning, subject: { kind, id }, digest }: Matter): string =>
  digestOf({ meaning, subject: { kind, id }, digest });
