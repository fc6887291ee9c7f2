import { Envelope } from '../bundle/line.js';
import { nameOf } from './findings.js';

/** `undefined` when this version of Custody understands such an event; else why not. */
export type UnknownBecause = (type: string, schema: number) => string | undefined;

/** Which types of events there are, and which of them are unknown here: those are named, and their hashes hold all the same. */
export class TypeCount {
  readonly counts = new Map<string, number>();
  private readonly unknown = new Map<string, string>();

  constructor(private readonly unknownBecause: UnknownBecause = () => undefined) {}

  take(index: number, event: Envelope): void {
    const { type, schema } = event;
    const before = this.counts.get(type) ?? 0;
    this.counts.set(type, before + 1);
    const key = `${type} ${schema}`;
    if (this.unknown.has(key)) return;
    const why = this.unknownBecause(type, schema);
    if (why !== undefined) this.unknown.set(key, `${nameOf({ ...event, index })}: ${why}`);
  }

  /** The first event of each unknown type or schema. */
  get unknowns(): readonly string[] {
    return [...this.unknown.values()];
  }
}
