import { RecordedEvent } from '../../core/index.js';
import { TileWriter } from '../bundle/tile-writer.js';
import { NoteError, NoteVerifier, parseVkey } from '../note/index.js';
import { ArtifactCheck } from './artifacts.js';
import { CheckpointBook } from './checkpoints.js';
import { CompareLeaves } from './compare-leaves.js';
import { Findings } from './findings.js';
import { SourceEvent, walkLog } from './log-walk.js';
import { Report, reportOf } from './report.js';
import { TypeCount } from './types.js';
import type { VerifyOptions } from './verify-bundle.js';

/** A row of a log file: its place as the file has it, and the event or what is wrong with it. */
export interface FoundRow {
  readonly position: number;
  readonly event?: RecordedEvent;
  readonly problem?: string;
}

/** What lies beside a log in its data folder. Whoever could change the log could change that too. */
export interface KeptEvidence {
  readonly origin?: string;
  readonly keys: readonly string[];
  readonly checkpoints: readonly { readonly label: string; readonly note: Buffer }[];
  /** What each event was hashed as when it came: hashes of leaves, 256 at a time; fewer at the end. */
  readonly leaves?: (tile: number) => Buffer | undefined;
}

export interface LogToVerify {
  readonly kind: 'log' | 'data-folder';
  readonly place: string;
  /** In order of their positions. */
  readonly rows: Iterable<readonly FoundRow[]>;
  readonly length: number;
  readonly schemaProblem?: string | undefined;
  readonly kept?: KeptEvidence | undefined;
  /** Compares the read models with the log, when there are some: what differs, and what could not be compared. */
  readonly readModels?: () => Promise<{ readonly differences: readonly string[]; readonly notes: readonly string[] }>;
}

/** More than this missing at once is no hole but another file. */
const LARGEST_HOLE = 1_000_000;

export async function verifyLog(log: LogToVerify, options: VerifyOptions = {}): Promise<Report> {
  const findings = new Findings();
  const types = new TypeCount(options.unknownBecause);
  const book = bookOf(log, options, findings);
  const notes: string[] = [];
  const { digestsIn, artifacts: source } = options;
  const artifacts = digestsIn && source && new ArtifactCheck(findings, digestsIn, source);
  if (log.schemaProblem !== undefined) findings.add('schema-altered', `${log.place}: ${log.schemaProblem}`);
  try {
    const walked = await walkLog(sourceOf(log.rows, findings), {
      findings,
      book,
      types,
      ...(artifacts && { artifacts }),
      ...(log.kept?.leaves && { tiles: new TileWriter(new CompareLeaves(log.kept.leaves, findings)) }),
      onProgress: (events) => options.onProgress?.(events, log.length),
    });
    const compared = await log.readModels?.();
    for (const difference of compared?.differences ?? []) findings.add('read-model-altered', difference);
    notes.push(...(compared?.notes ?? []));
    return reportOf({ kind: log.kind, place: log.place, findings, book, types, walked, artifacts, notes });
  } finally {
    artifacts?.close();
  }
}

function bookOf({ kept }: LogToVerify, { keys = [], checkpoints = [] }: VerifyOptions, findings: Findings) {
  const book = new CheckpointBook(
    findings,
    { given: keys, cameAlong: verifiers(kept?.keys ?? [], findings) },
    kept?.origin,
  );
  const latest = kept?.checkpoints.length;
  for (const { label, note } of checkpoints) book.add({ label, note, outside: true });
  kept?.checkpoints.forEach(({ label, note }, index) =>
    book.add({ label, note, outside: false, latest: index + 1 === latest }),
  );
  return book;
}

const verifiers = (vkeys: readonly string[], findings: Findings): readonly NoteVerifier[] =>
  vkeys.flatMap((vkey) => {
    try {
      return [parseVkey(vkey)];
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      findings.add('key-malformed', `a key beside the log is none: ${error.message}`);
      return [];
    }
  });

/** A log in SQLite counts its positions from 1 without gaps. */
async function* sourceOf(rows: LogToVerify['rows'], findings: Findings): AsyncGenerator<readonly SourceEvent[]> {
  let index = 0;
  for (const page of rows) {
    const events: SourceEvent[] = [];
    for (const { position, event, problem } of page) {
      const missing = position - 1 - index;
      if (missing > 0 && missing <= LARGEST_HOLE) {
        findings.at({ index }, 'order-broken', `is missing: the next one in the file has position ${position}`);
        for (; index < position - 1; index++) events.push({});
      } else if (missing !== 0) {
        findings.at({ ...event, index }, 'order-broken', `has position ${position}, and not ${index + 1}`);
      }
      if (problem !== undefined) findings.at({ index }, 'event-unreadable', `can't be read: ${problem}`);
      events.push(event ? { envelope: withoutPosition(event) } : {});
      index += 1;
    }
    yield events;
    // Signals, and the bar, get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function withoutPosition(event: RecordedEvent): Omit<RecordedEvent, 'position'> {
  const { position: _, ...envelope } = event;
  return envelope;
}
