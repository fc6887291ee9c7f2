import { LedgerCorrupted } from '../port/index.js';
import type { EventFilter } from './read-call.js';
import { streamOf, typeOf, WireRecord } from './record.js';

/** Metadata with which the server forgets events, now or at its next scavenge. */
const FORGETTING = ['$maxAge', '$maxCount', '$tb'] as const;

/**
 * Which of the server's events are Custody's. Without a namespace all but the system's are; with one, those
 * whose stream begins with it, so that a server can be shared.
 */
export class LogScope {
  constructor(private readonly namespace: string) {}

  /** Besides Custody's events it lets through the metadata of streams, so that tampering is seen. */
  get filter(): EventFilter {
    if (this.namespace === '') return { typeRegex: '^([^$]|\\$metadata$)' };
    return { streamPrefixes: [this.namespace, `$$${this.namespace}`] };
  }

  /** For a consumer group: the types asked for, or, in a namespace, all of its events. */
  groupFilter(types: readonly string[]): EventFilter {
    if (this.namespace !== '') return { streamPrefixes: [this.namespace] };
    const any = types.map((type) => type.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    return { typeRegex: `^(${any})$` };
  }

  stored(name: string): string {
    return this.namespace + name;
  }

  /** Custody's name for a stream of the server, or `undefined` when it is not one of its own. */
  own(stored: string): string | undefined {
    return stored.startsWith(this.namespace) && !stored.startsWith('$')
      ? stored.slice(this.namespace.length)
      : undefined;
  }

  /** Custody's name for the stream of an event, or `undefined` when the event is not one of its own. */
  streamName(record: WireRecord): string | undefined {
    return typeOf(record).startsWith('$') ? undefined : this.own(streamOf(record));
  }

  /**
   * Nothing may disappear from the log, so a stream that somebody set to forget is the end of trust in it.
   * @throws LedgerCorrupted
   */
  assertKeeps(record: WireRecord): void {
    const stored = streamOf(record);
    const stream = stored.slice(2);
    if (typeOf(record) !== '$metadata' || !stored.startsWith('$$') || stream.startsWith('$')) return;
    if (!stream.startsWith(this.namespace)) return;
    const metadata = Buffer.from(record.getData_asU8()).toString();
    const found = FORGETTING.filter((key) => metadata.includes(`"${key}"`));
    if (found.length === 0) return;
    throw new LedgerCorrupted(
      `stream ${stream.slice(this.namespace.length)} has been set to lose events (${found.join(', ')} in its metadata)`,
    );
  }
}
