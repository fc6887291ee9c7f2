import { Checkpoint, CheckpointError, parseCheckpoint } from '../checkpoint.js';
import { NoteError, NoteVerifier, openNote, splitNote } from '../note/index.js';
import { Findings, short } from './findings.js';

/** Whose word a signature is: a key that the auditor brought, or one that lay beside what it vouches for. */
export type Trust = 'given' | 'came-along' | 'unchecked';

export interface Keys {
  readonly given: readonly NoteVerifier[];
  readonly cameAlong: readonly NoteVerifier[];
}

export interface ReadCheckpoint extends Checkpoint {
  readonly label: string;
  readonly trust: Trust;
  /** `name+id` of the log's keys that signed it. */
  readonly signedBy: readonly string[];
  /** Of others, such as witnesses, whose key is known. */
  readonly witnesses: readonly string[];
}

export interface Presented {
  readonly label: string;
  readonly note: Buffer;
  /** The auditor brought it, from an earlier visit or a witness. */
  readonly outside: boolean;
  /** It says how far the log goes, so it must be signed by a key that is trusted. */
  readonly latest?: boolean;
}

const nameOf = ({ name, keyId }: { readonly name: string; readonly keyId: number }): string =>
  `${name}+${keyId.toString(16).padStart(8, '0')}`;

/** All signed checkpoints at hand. Whatever is a checkpoint by its form is held against the log, signed well or not. */
export class CheckpointBook {
  private readonly bySize = new Map<number, ReadCheckpoint[]>();
  private lastGood = 0;

  constructor(
    private readonly findings: Findings,
    private readonly keys: Keys,
    /** What the log calls itself; without it, whatever the first checkpoint says. */
    private origin?: string,
  ) {}

  get all(): readonly ReadCheckpoint[] {
    return [...this.bySize.values()].flat().sort((a, b) => a.size - b.size);
  }

  get logOrigin(): string | undefined {
    return this.origin;
  }

  get largest(): ReadCheckpoint | undefined {
    return this.all.at(-1);
  }

  add(presented: Presented): ReadCheckpoint | undefined {
    const checkpoint = this.parse(presented);
    if (!checkpoint) return undefined;
    this.origin ??= checkpoint.origin;
    const { label } = presented;
    if (checkpoint.origin !== this.origin) {
      const [theirs, ours] = [checkpoint.origin, this.origin].map(short);
      this.findings.add('checkpoint-of-another-log', `${label} is a checkpoint of the log ${theirs}, not of ${ours}`);
      return undefined;
    }
    const read = { ...checkpoint, label, ...this.signatures(presented, checkpoint) };
    const same = this.bySize.get(read.size) ?? [];
    this.compare(read, same);
    this.bySize.set(read.size, [...same, read]);
    return read;
  }

  /** Whether some checkpoint says something about a log of that size. */
  wants(size: number): boolean {
    return this.bySize.has(size);
  }

  /** The log has come to this size, and this is its root then. */
  rootIs(size: number, root: Buffer): void {
    let good = true;
    for (const checkpoint of this.bySize.get(size) ?? []) {
      if (checkpoint.root.equals(root)) continue;
      good = false;
      this.findings.add('root-differs', `the log is not as ${checkpoint.label} says, ${this.where(size)}`);
    }
    if (good && !this.findings.before(size)) this.lastGood = size;
  }

  /** The log has ended. */
  endsAt(size: number): void {
    for (const { size: said, label } of this.all) {
      if (said <= size) continue;
      const missing = said === size + 1 ? `event ${count(said)} is` : `events ${count(size + 1)} to ${count(said)} are`;
      this.findings.at(
        { index: size },
        'log-cut-short',
        `is missing: the log ends at ${count(size)}, and ${label} was signed for ${count(said)} (${missing} gone)`,
      );
      return;
    }
  }

  private where(size: number): string {
    const rest = `among events ${count(this.lastGood + 1)} to ${count(size)} something was changed, put in or taken out`;
    if (size === 0) return 'which was empty then';
    return this.lastGood === 0 ? rest : `which was right up to event ${count(this.lastGood)}: ${rest}`;
  }

  private parse({ label, note }: Presented): Checkpoint | undefined {
    try {
      return parseCheckpoint(splitNote(note).text);
    } catch (error) {
      if (!(error instanceof NoteError || error instanceof CheckpointError)) throw error;
      this.findings.add('checkpoint-malformed', `${label} can't be read: ${error.message}`);
      return undefined;
    }
  }

  private signatures(
    { label, note, outside, latest }: Presented,
    { origin, size }: Checkpoint,
  ): Pick<ReadCheckpoint, 'trust' | 'signedBy' | 'witnesses'> {
    const { given, cameAlong } = this.keys;
    const none = { trust: 'unchecked', signedBy: [], witnesses: [] } as const;
    if (given.length + cameAlong.length === 0) return none;
    const about = `${label} (for ${count(size)} events)`;
    try {
      const { verified } = openNote(note, [...given, ...cameAlong]);
      const ours = verified.filter(({ name }) => name === origin);
      const witnesses = verified.filter(({ name }) => name !== origin).map(nameOf);
      const isGiven = ours.some((key) => given.some((known) => nameOf(known) === nameOf(key)));
      if (ours.length === 0) this.findings.add('key-unknown', `${about} is not signed by any known key of the log`);
      else if (!isGiven && given.some(({ name }) => name === origin) && (outside || latest))
        this.findings.add(
          'key-unknown',
          `${about} is signed by none of the keys that you gave, only by ${ours.map(nameOf).join(', ')}, which came along with the log`,
        );
      const trust = ours.length === 0 ? 'unchecked' : isGiven ? 'given' : 'came-along';
      return { trust, signedBy: ours.map(nameOf), witnesses };
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      if (error.problem === 'bad-signature')
        this.findings.add('checkpoint-forged', `${about} was altered or forged: ${error.message}`);
      else this.findings.add('key-unknown', `${about} is signed with another key: ${error.message}`);
      return none;
    }
  }

  /** A log that says two things of the same size told each of two people something else. */
  private compare(read: ReadCheckpoint, same: readonly ReadCheckpoint[]): void {
    const other = same.find(({ root }) => !root.equals(read.root));
    if (!other) return;
    const signed = [read, other].every(({ signedBy }) => signedBy.length > 0);
    const why = signed
      ? 'a split view: both are signed, so two servers sign for this log, or it was rewritten'
      : 'one of them was made up';
    this.findings.add(
      'split-view',
      `${other.label} and ${read.label} say different things about the same ${count(read.size)} events: ${why}`,
    );
  }
}

const count = (value: number): string => value.toLocaleString('en');
