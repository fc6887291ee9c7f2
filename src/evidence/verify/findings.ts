/** Kinds of what can be wrong; stable, for programs. */
export type FindingCode =
  | 'event-unreadable'
  | 'event-altered'
  | 'event-replaced'
  | 'entry-altered'
  | 'envelope-malformed'
  | 'order-broken'
  | 'back-dated'
  | 'id-repeated'
  | 'log-cut-short'
  | 'log-unreadable'
  | 'schema-altered'
  | 'segment-missing'
  | 'file-missing'
  | 'file-altered'
  | 'tile-altered'
  | 'root-differs'
  | 'checkpoint-malformed'
  | 'checkpoint-forged'
  | 'checkpoint-of-another-log'
  | 'key-unknown'
  | 'key-malformed'
  | 'split-view'
  | 'artifact-altered'
  | 'artifact-missing'
  | 'artifact-unknown'
  | 'signature-forged'
  | 'dossier-altered'
  | 'read-model-altered'
  | 'model-signature-wrong'
  | 'manifest-wrong';

/** Which event: its place in the log from 0, and what it says of itself. */
export interface Which {
  readonly index: number;
  readonly id?: unknown;
  readonly type?: unknown;
  readonly stream?: unknown;
  readonly revision?: unknown;
}

export interface Finding {
  readonly code: FindingCode;
  /** Place in the log, from 1, as people count. */
  readonly event?: number;
  readonly id?: string;
  readonly type?: string;
  readonly stream?: string;
  /** A sentence that stands alone. */
  readonly message: string;
}

/** Enough to see what happened; one deleted event moves all that follow. */
const KEPT = 100;

/** What was found wrong, the earliest event first. */
export class Findings {
  private readonly kept: Finding[] = [];
  private earliest: Finding | undefined;
  total = 0;

  add(code: FindingCode, message: string): void {
    this.keep({ code, message });
  }

  /** `what` goes on after the name of the event. */
  at(which: Which, code: FindingCode, what: string): void {
    const { id, type, stream } = which;
    this.keep({
      code,
      event: which.index + 1,
      ...(typeof id === 'string' && { id }),
      ...(typeof type === 'string' && { type }),
      ...(typeof stream === 'string' && { stream }),
      message: `${nameOf(which)} ${what}`,
    });
  }

  /** Whether an event up to this place (from 0, exclusive) was found wrong already. */
  before(index: number): boolean {
    return this.earliest?.event !== undefined && this.earliest.event <= index;
  }

  get first(): Finding | undefined {
    return this.earliest ?? this.kept[0];
  }

  list(): readonly Finding[] {
    return [...this.kept].sort((a, b) => (a.event ?? Infinity) - (b.event ?? Infinity) || 0);
  }

  private keep(finding: Finding): void {
    this.total += 1;
    if (finding.event !== undefined && finding.event < (this.earliest?.event ?? Infinity)) this.earliest = finding;
    if (this.kept.length < KEPT) this.kept.push(finding);
  }
}

/** `event 17 (RunStarted in run-5f2c…, revision 2)`: whatever of it is there. */
export function nameOf({ index, type, stream, revision }: Which): string {
  const number = (index + 1).toLocaleString('en');
  if (typeof type !== 'string' || typeof stream !== 'string') return `event ${number}`;
  const at = typeof revision === 'number' ? `, revision ${revision}` : '';
  return `event ${number} (${short(type)} in ${short(stream)}${at})`;
}

/** What comes from a file that somebody may have made up goes onto a terminal. */
export const short = (text: string): string => {
  const plain = text.replace(/[\p{C}]/gu, '\uFFFD');
  return plain.length > 120 ? `${plain.slice(0, 117)}…` : plain;
};
