import { SqlValue } from '../../projection/index.js';

const CACHED = 50_000;

interface Access<Entry> {
  /** Of the row with this key in the table. */
  readonly find: (entry: Entry) => number | undefined;
  readonly add: (entry: Entry) => void;
}

/**
 * Numbers for values that come again and again. They are given out in the order of the log, so the same
 * log gives the same numbers, whoever processes it.
 */
export class Dictionary<Entry extends Readonly<Record<string, SqlValue>>> {
  private known = new Map<string, number>();

  constructor(
    private readonly access: Access<Entry>,
    private readonly onNew: (no: number, entry: Entry) => void = () => undefined,
  ) {}

  /** `key` tells entries apart; the entry itself is made only when the number is not at hand. */
  noOf(key: string, entry: () => Entry): number {
    const cached = this.known.get(key);
    if (cached !== undefined) return cached;
    const no = this.look(entry());
    // Starting over now and then is simpler than evicting, and the table is a seek away.
    if (this.known.size >= CACHED) this.known.clear();
    this.known.set(key, no);
    return no;
  }

  /** Forgets what may have been rolled back. */
  forget(): void {
    this.known.clear();
  }

  private look(entry: Entry): number {
    const found = this.access.find(entry);
    if (found !== undefined) return found;
    this.access.add(entry);
    const no = this.access.find(entry)!;
    this.onNew(no, entry);
    return no;
  }
}
