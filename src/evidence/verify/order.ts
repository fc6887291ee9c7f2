import { SpilledMap } from '../bundle/spilled-map.js';
import { Findings, Which } from './findings.js';

/** What the log's order can be told from, also where the data of an event is missing. */
export interface Placed {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: number;
}

/** Ids are unique, each stream counts from 0 without gaps, and time never goes back along the log. */
export class OrderCheck {
  private readonly ids = new SpilledMap();
  private readonly streams = new SpilledMap();
  private latest = 0;

  constructor(private readonly findings: Findings) {}

  take(index: number, event: Placed): void {
    const which = { ...event, index };
    this.checkId(which, event.id);
    this.checkRevision(which, event);
    this.checkTime(which, event.recordedAt);
  }

  close(): void {
    this.ids.close();
    this.streams.close();
  }

  private checkId(which: Which, id: string): void {
    const earlier = this.ids.get(id);
    if (earlier === undefined) this.ids.set(id, String(which.index + 1));
    else this.findings.at(which, 'id-repeated', `has the id ${id}, which event ${earlier} has already`);
  }

  private checkRevision(which: Which, { stream, revision }: Placed): void {
    const last = this.streams.get(stream);
    const expected = last === undefined ? 0 : Number(last) + 1;
    if (revision !== expected)
      this.findings.at(
        which,
        'order-broken',
        `should have revision ${expected} of its stream: ${why(revision, expected)}`,
      );
    // Goes on from what is there, so that one hole is told once.
    this.streams.set(stream, String(revision));
  }

  private checkTime(which: Which, recordedAt: number): void {
    if (recordedAt < this.latest) {
      const [own, before] = [recordedAt, this.latest].map(iso);
      this.findings.at(
        which,
        'back-dated',
        `is dated ${own}, before an event that comes earlier in the log (${before})`,
      );
    }
    this.latest = Math.max(this.latest, recordedAt);
  }
}

const why = (revision: number, expected: number): string =>
  revision > expected
    ? 'an event of the stream was removed, or events changed places'
    : 'an event was put in, or events changed places';

function iso(micros: number): string {
  const time = new Date(micros / 1000);
  return Number.isNaN(time.getTime()) ? `${micros} µs` : time.toISOString();
}
