import { Inject, Injectable, Optional } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Clock, CommandContext } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { SignInFailure } from '../access/events.js';
import type { Unidentified } from '../access/identification.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { DEFAULT_TRAIL, TRAIL_SETTINGS } from '../trail-settings.js';
import type { TrailSettings } from '../trail-settings.js';
import { clientAddress, networkOf } from './client-address.js';
import { MINUTE_MICROS, Tallies } from './tallies.js';

const REMEMBERED = 10_000;
/** Refusals that are told one by one within a minute, of all addresses together. */
const TOLD_OF_ALL = 1_000;

/** Of one address, within one minute. */
interface Minute {
  readonly minute: number;
  /** Told one by one. */
  told: number;
  /** Credentials that were wrong. */
  failures: number;
}

/** What costs a guesser a try. Who brings nothing guesses nothing; a secret that has expired was right once. */
const GUESSES: ReadonlySet<SignInFailure> = new Set<SignInFailure>([
  'malformed',
  'unknown-login',
  'wrong-password',
  'unknown-token',
  'unknown-session',
  'wrong-code',
  'jwt-malformed',
  'jwt-signature',
  'locked',
  'throttled',
]);

/**
 * Those who could not show who they are, by the address they come from. The first in a minute are told one
 * by one, the others are counted; and after as many wrong credentials no more passwords are checked for
 * that address until the minute is over. Many people may share it: their tokens, and passwords that this
 * server has seen to be right before, go on working.
 */
@Injectable()
export class Strangers {
  private readonly minutes = new LRUCache<string, Minute>({ max: REMEMBERED });
  private all = { minute: 0, told: 0 };

  constructor(
    private readonly tallies: Tallies,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
    @Optional() @Inject(TRAIL_SETTINGS) private readonly settings: TrailSettings = DEFAULT_TRAIL,
  ) {}

  /** In how many seconds this address may try other credentials; `undefined` when it may now. */
  waitOf(request: CustodyRequest): number | undefined {
    const now = this.clock.now();
    const known = this.minutes.get(networkOf(clientAddress(request)));
    const minute = Math.floor(now / MINUTE_MICROS);
    if (known?.minute !== minute || known.failures < this.settings.signInFailures) return undefined;
    return Math.max(1, Math.ceil(((minute + 1) * MINUTE_MICROS - now) / 1_000_000));
  }

  /** Counts one more. Answers whether it is to be told by itself; otherwise it has been counted with others. */
  refused(request: CustodyRequest, { why, userId }: Unidentified, context: () => CommandContext): boolean {
    const minute = Math.floor(this.clock.now() / MINUTE_MICROS);
    const network = networkOf(clientAddress(request));
    let known = this.minutes.get(network);
    if (known?.minute !== minute) {
      known = { minute, told: 0, failures: 0 };
      this.minutes.set(network, known);
    }
    if (GUESSES.has(why)) known.failures += 1;
    if (this.all.minute !== minute) this.all = { minute, told: 0 };
    if (known.told < this.settings.signInFailures && this.all.told < TOLD_OF_ALL) {
      known.told += 1;
      this.all.told += 1;
      return true;
    }
    this.tallies.refused(network, context, why, userId);
    return false;
  }
}
