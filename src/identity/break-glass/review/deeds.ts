import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { EventId, Micros, Position, toIso, UserId } from '../../../core/index.js';
import { LEDGER } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/index.js';

const PAGE = 1000;
/** A dossier is one event, which has a limit; the digest covers the others too. */
const SHOWN = 100;
const KEPT = 100;

/** What somebody did in a stretch of time: all of it counted and digested, the first shown one by one. */
export interface Deeds {
  readonly count: number;
  readonly by_type: Readonly<Record<string, number>>;
  /** SHA-256 over the ids of their events, each with the digest of those before it. */
  readonly digest: string;
  readonly first: readonly { readonly event_id: EventId; readonly event: string; readonly at: string }[];
}

interface Read {
  readonly deeds: Deeds;
  readonly position: Position;
  readonly over: boolean;
}

export interface Stretch {
  readonly reviewId: string;
  readonly userId: UserId;
  /** Exclusive. */
  readonly after: Position;
  readonly until: Micros;
}

const NOTHING: Deeds = { count: 0, by_type: {}, digest: '', first: [] };

/**
 * From the log itself. What was read once does not change, so a later look reads on from there; whatever is kept
 * here can be read again.
 */
@Injectable()
export class DeedsReader {
  private readonly kept = new LRUCache<string, Read>({ max: KEPT });

  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  async of({ reviewId, userId, after, until }: Stretch): Promise<Deeds> {
    const key = `${reviewId}/${until}`;
    let read = this.kept.get(key) ?? { deeds: NOTHING, position: after, over: false };
    while (!read.over) {
      const events = await this.ledger.readAll({ from: read.position, limit: PAGE });
      const within = events.filter(({ recordedAt }) => recordedAt <= until);
      const deeds = within.filter(({ actor }) => actor.id === userId).reduce(withDeed, read.deeds);
      read = { deeds, position: events.at(-1)?.position ?? read.position, over: within.length < events.length };
      this.kept.set(key, read);
      if (events.length < PAGE) break;
    }
    return read.deeds;
  }
}

function withDeed(
  { count, by_type, digest, first }: Deeds,
  { id, type, recordedAt }: { readonly id: EventId; readonly type: string; readonly recordedAt: Micros },
): Deeds {
  return {
    count: count + 1,
    by_type: { ...by_type, [type]: (by_type[type] ?? 0) + 1 },
    digest: createHash('sha256').update(`${digest}\n${id}`, 'utf8').digest('hex'),
    first: first.length < SHOWN ? [...first, { event_id: id, event: type, at: toIso(recordedAt) }] : first,
  };
}
