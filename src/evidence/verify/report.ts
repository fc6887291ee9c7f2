import { ArtifactCheck } from './artifacts.js';
import { CheckpointBook, ReadCheckpoint } from './checkpoints.js';
import { Finding, Findings } from './findings.js';
import { Walked } from './log-walk.js';
import { TypeCount } from './types.js';

/** What was looked at, what was wrong, and what could not be told. */
export interface Report {
  readonly kind: 'bundle' | 'log' | 'data-folder';
  readonly place: string;
  readonly holds: boolean;
  readonly origin: string | undefined;
  readonly events: number;
  readonly root: string | undefined;
  /** The earliest wrong event, or else whatever was found first. */
  readonly first: Finding | undefined;
  /** All, or the first hundred. */
  readonly findings: readonly Finding[];
  readonly found: number;
  readonly checkpoints: readonly Omit<ReadCheckpoint, 'root'>[];
  readonly signatures: number;
  readonly artifacts: { readonly checked: number; readonly bytes: number } | undefined;
  readonly unknownTypes: readonly string[];
  /** What was not checked, and why. */
  readonly notes: readonly string[];
}

export interface ReportParts {
  readonly kind: Report['kind'];
  readonly place: string;
  readonly findings: Findings;
  readonly book: CheckpointBook;
  readonly types: TypeCount;
  readonly walked: Walked;
  readonly artifacts: ArtifactCheck | undefined;
  readonly notes: readonly string[];
}

export function reportOf({ kind, place, findings, book, types, walked, artifacts, notes }: ReportParts): Report {
  return {
    kind,
    place,
    holds: findings.total === 0,
    origin: book.logOrigin,
    events: walked.events,
    root: walked.root?.toString('base64'),
    first: findings.first,
    findings: findings.list(),
    found: findings.total,
    checkpoints: book.all.map(({ root: _, ...checkpoint }) => checkpoint),
    signatures: walked.signatures,
    artifacts: artifacts && { checked: artifacts.checked, bytes: artifacts.bytes },
    unknownTypes: types.unknowns,
    notes: [...notes, ...unsigned(book, walked)],
  };
}

/** What nobody has signed for. */
function unsigned(book: CheckpointBook, { events }: Walked): readonly string[] {
  const { largest } = book;
  if (!largest)
    return ['no signed checkpoint was there: the log is sound in itself, and nothing proves that it was not made anew'];
  const notes: string[] = [];
  if (largest.size < events) {
    const [from, to] = [largest.size + 1, events].map((each) => each.toLocaleString('en'));
    notes.push(`events ${from} to ${to} came after the latest checkpoint: nothing signed covers them yet`);
  }
  if (book.all.every(({ trust }) => trust === 'unchecked'))
    notes.push('no key was there, so no signature of a checkpoint was checked: give one with --key');
  return notes;
}
