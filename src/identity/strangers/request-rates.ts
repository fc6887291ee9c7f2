import { Inject, Injectable, Optional } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CommandContext, errors, UserId } from '../../core/index.js';
import { DEFAULT_TRAIL, TRAIL_SETTINGS } from '../trail-settings.js';
import type { TrailSettings } from '../trail-settings.js';
import { MINUTE_MICROS, Tallies } from './tallies.js';

const REMEMBERED = 50_000;

/** Requests of each account within a minute, of which the server may take a limited number. */
@Injectable()
export class RequestRates {
  private readonly minutes = new LRUCache<UserId, { readonly minute: number; requests: number }>({ max: REMEMBERED });

  constructor(
    private readonly tallies: Tallies,
    @Optional() @Inject(TRAIL_SETTINGS) private readonly settings: TrailSettings = DEFAULT_TRAIL,
  ) {}

  /** @throws CustodyError kind `limit`, which is counted in the trail */
  assertWithin(context: CommandContext): void {
    const { requestsPerMinute } = this.settings;
    if (requestsPerMinute === 0) return;
    const { actor, now } = context;
    const minute = Math.floor(now / MINUTE_MICROS);
    let known = this.minutes.get(actor.id);
    if (known?.minute !== minute) {
      known = { minute, requests: 0 };
      this.minutes.set(actor.id, known);
    }
    known.requests += 1;
    if (known.requests <= requestsPerMinute) return;
    this.tallies.requestLimited(context, requestsPerMinute);
    const wait = Math.max(1, Math.ceil(((minute + 1) * MINUTE_MICROS - now) / 1_000_000));
    throw errors.limit(
      'too-many-requests',
      `this server takes ${requestsPerMinute} requests of one account a minute; try again in ${wait} s`,
      undefined,
      wait,
    );
  }
}
