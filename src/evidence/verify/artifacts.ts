import { createHash } from 'node:crypto';
import { RecordedEvent } from '../../core/index.js';
import { Envelope } from '../bundle/line.js';
import { SpilledMap } from '../bundle/spilled-map.js';
import { Findings } from './findings.js';

/** The bytes that were recorded by their digest, wherever they lie. */
export interface ArtifactBytes {
  /** `undefined` when there is none of that name. */
  open(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** SHA-256, in hex, of all bytes that an event names. Filled by who knows the events. */
export type DigestsIn = (event: RecordedEvent) => readonly string[];

/** Each artifact against its digest, at the first event that names it. */
export class ArtifactCheck {
  private readonly seen = new SpilledMap();
  checked = 0;
  bytes = 0;

  constructor(
    private readonly findings: Findings,
    private readonly digestsIn: DigestsIn,
    private readonly source: ArtifactBytes,
  ) {}

  async take(index: number, event: Envelope): Promise<void> {
    for (const sha256 of this.digestsIn(event as RecordedEvent)) {
      if (this.seen.get(sha256) !== undefined) continue;
      this.seen.set(sha256, '');
      await this.check({ ...event, index }, sha256);
    }
  }

  /** Whether some event names it. */
  knows(sha256: string): boolean {
    return this.seen.get(sha256) !== undefined;
  }

  close(): void {
    this.seen.close();
  }

  private async check(which: Envelope & { readonly index: number }, sha256: string): Promise<void> {
    const body = await this.source.open(sha256);
    if (!body) return this.findings.at(which, 'artifact-missing', `names the artifact ${sha256}, and it is missing`);
    const digest = createHash('sha256');
    for await (const piece of body) {
      digest.update(piece);
      this.bytes += piece.length;
    }
    this.checked += 1;
    const actual = digest.digest('hex');
    if (actual !== sha256)
      this.findings.at(
        which,
        'artifact-altered',
        `names the artifact ${sha256}, and what is there under this name is another file: its SHA-256 is ${actual}`,
      );
  }
}
