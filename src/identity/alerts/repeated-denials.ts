import { Inject, Injectable, Optional } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CommandContext, UserId } from '../../core/index.js';
import { DEFAULT_TRAIL, TRAIL_SETTINGS } from '../trail-settings.js';
import type { TrailSettings } from '../trail-settings.js';
import { Alerts } from './alerts.js';

const MINUTE_MICROS = 60_000_000;
const REMEMBERED = 10_000;

/** An account that tries one door after the other is an alert, once a minute. */
@Injectable()
export class RepeatedDenials {
  private readonly minutes = new LRUCache<UserId, { readonly minute: number; denials: number }>({ max: REMEMBERED });

  constructor(
    private readonly alerts: Alerts,
    @Optional() @Inject(TRAIL_SETTINGS) private readonly settings: TrailSettings = DEFAULT_TRAIL,
  ) {}

  async denied(context: CommandContext): Promise<void> {
    const { actor, now } = context;
    const minute = Math.floor(now / MINUTE_MICROS);
    let known = this.minutes.get(actor.id);
    if (known?.minute !== minute) {
      known = { minute, denials: 0 };
      this.minutes.set(actor.id, known);
    }
    known.denials += 1;
    if (known.denials !== this.settings.denialsToAlert) return;
    await this.alerts.raise(context, { alert: 'repeated-denials', userId: actor.id, count: known.denials });
  }
}
