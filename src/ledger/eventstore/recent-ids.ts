import { LRUCache } from 'lru-cache';
import { NewEvent, Position } from '../../core/index.js';
import { AppendResult, IdempotencyViolation } from '../port/index.js';

const REMEMBERED = 50_000;

/** Where an event is; the position may not be known. */
interface Known {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position | undefined;
}

/**
 * The ids of this process's own latest appends. The server compares ids only after the expected revision,
 * or, with `any`, among those it happens to remember; a repetition close at hand is answered from here.
 */
export class RecentIds {
  private readonly places = new LRUCache<string, Known>({ max: REMEMBERED });

  remember(stream: string, events: readonly NewEvent[], { revision, position }: AppendResult): void {
    const first = revision - events.length + 1;
    events.forEach(({ id }, index) => {
      const last = index === events.length - 1;
      this.places.set(id, { stream, revision: first + index, position: last ? position : undefined });
    });
  }

  /** @throws IdempotencyViolation when only some are known, or elsewhere, or in another order */
  find(stream: string, events: readonly NewEvent[]): Known | undefined {
    const found = events.map(({ id }) => this.places.get(id));
    return found.every((place) => place === undefined) ? undefined : lastOfSame(stream, events, found);
  }
}

/** The last event's place, when all events of an append are there, in order and next to each other. */
export function lastOfSame<P extends Known>(
  stream: string,
  events: readonly NewEvent[],
  places: readonly (P | undefined)[],
): P {
  const first = places[0]?.revision ?? 0;
  const wrong = places.findIndex((place, i) => place?.stream !== stream || place.revision !== first + i);
  if (wrong !== -1) throw new IdempotencyViolation(stream, events[wrong]!.id);
  return places.at(-1)!;
}
