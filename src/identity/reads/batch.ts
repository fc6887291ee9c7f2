import { CommandContext, Micros, uuidv7 } from '../../core/index.js';
import { Action } from '../../http/index.js';
import { ReadEntry, ReadsRecorded } from './events.js';

/** A thing as a request names it. */
export interface ReadThing {
  readonly kind: string;
  readonly id?: string;
  readonly path?: string;
}

/** A question as text, and the names of its fields. The text leaves memory as a keyed digest only. */
export interface ReadQuestion {
  readonly text: string;
  readonly fields: readonly string[];
}

/** One answered request: everything that it was about. */
export interface Read {
  readonly action: Action;
  readonly route: string;
  readonly things: readonly ReadThing[];
  readonly question?: ReadQuestion;
  readonly rows?: number;
}

type Entry = { -readonly [Name in keyof ReadEntry]: ReadEntry[Name] };

/** Far below the largest event, whatever the last request still adds: what can't be written would stop all reads. */
const MAX_ENTRIES = 500;
const MAX_CHARACTERS = 100_000;
/** No id that there is is longer. */
const LONGEST = 500;
const LONGEST_PATH = 2_000;
/** One request names more only when it asks for a thousand runs at once. */
const MAX_THINGS = 1_000;

/** Reads of one actor with one client, for one event. Its id is that event's: written twice, it is there once. */
export class ReadBatch {
  readonly id = uuidv7();
  /** On the monotonic clock, in milliseconds: its age must not depend on somebody setting the time. */
  readonly since = performance.now();
  private readonly entries = new Map<string, Entry>();
  private characters = 0;
  private requests = 0;
  private last: Micros;

  constructor(
    readonly context: CommandContext,
    private readonly digest: (text: string) => string,
  ) {
    this.last = context.now;
  }

  get size(): number {
    return this.entries.size;
  }

  get full(): boolean {
    return this.entries.size >= MAX_ENTRIES || this.characters >= MAX_CHARACTERS;
  }

  /** Answers by how many entries it grew. */
  add({ things, ...read }: Read, at: Micros): number {
    const before = this.entries.size;
    this.requests += 1;
    if (at > this.last) this.last = at;
    for (const thing of things.length > MAX_THINGS ? things.slice(0, MAX_THINGS) : things) this.addOne(read, thing, at);
    return this.entries.size - before;
  }

  private addOne({ action, route, question, rows }: Omit<Read, 'things'>, thing: ReadThing, at: Micros): void {
    const { kind, id = '', path = '' } = thing;
    const key = `${route}\n${kind}\n${id}\n${path}\n${question?.text ?? ''}`;
    const known = this.entries.get(key);
    if (known) {
      known.count += 1;
      if (at > known.last) known.last = at;
      if (rows !== undefined) known.rows = (known.rows ?? 0) + rows;
      return;
    }
    const asked = question && { query: this.digest(question.text), fields: question.fields };
    const seen = rows === undefined ? {} : { rows };
    this.characters += route.length + Math.min(id.length, LONGEST) + Math.min(path.length, LONGEST_PATH);
    this.entries.set(key, { action, route, ...fit(thing), ...asked, count: 1, ...seen, first: at, last: at });
  }

  event(): ReadsRecorded {
    const reads = [...this.entries.values()];
    return { type: 'ReadsRecorded', data: { count: this.requests, first: this.context.now, last: this.last, reads } };
  }
}

/** Half a character, or an id that nothing has, must not keep the rest from being written. */
function fit({ kind, id, path }: ReadThing): ReadThing {
  return {
    kind,
    ...(id === undefined ? {} : { id: id.slice(0, LONGEST).toWellFormed() }),
    ...(path === undefined ? {} : { path: path.slice(0, LONGEST_PATH).toWellFormed() }),
  };
}
