import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CustodyError, PersonalData, Sealed } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { clientAddress } from '../strangers/client-address.js';

const SEALS = 10_000;
const SEAL_MS = 10 * 60_000;
const MAX_USER_AGENT = 512;

/** `{ip, userAgent}` sealed under its subject; the same box serves the same client for ten minutes. */
@Injectable()
export class ClientSeals {
  private readonly seals = new LRUCache<string, Sealed>({ max: SEALS, ttl: SEAL_MS });

  constructor(private readonly personal: PersonalData) {}

  of(subject: string, request: CustodyRequest): Sealed {
    const ip = clientAddress(request);
    const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT);
    const key = `${subject}\n${ip}\n${userAgent ?? ''}`;
    const known = this.seals.get(key);
    if (known) return known;
    const sealed = this.personal.seal(subject, JSON.stringify({ ip, userAgent }));
    this.seals.set(key, sealed);
    return sealed;
  }

  /** A name that an unknown client claims; not kept, since anybody can send any number of them. None of somebody who was erased. */
  name(subject: string, claimed: string): Sealed | undefined {
    try {
      return this.personal.seal(subject, claimed);
    } catch (error) {
      if (error instanceof CustodyError && error.code === 'subject-erased') return undefined;
      throw error;
    }
  }
}
