import { RecordedEvent } from '../../core/index.js';
import { BundleSink } from './bundle-sink.js';
import { artifactPath } from './layout.js';
import { SpilledMap } from './spilled-map.js';

/** Where the bytes of artifacts come from. It knows which events name some; this room knows no event. */
export interface ArtifactFeed {
  /** SHA-256, in hex, of all bytes that the event names. */
  digestsIn(event: RecordedEvent): readonly string[];
  /** `undefined` when they are lost: what is missing is left out, and told by whoever verifies. */
  open(sha256: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** Copies each artifact once, at the first event that names it. */
export class ArtifactCopier {
  private readonly seen = new SpilledMap();
  private files = 0;
  private bytes = 0;

  constructor(
    private readonly sink: BundleSink,
    private readonly feed: ArtifactFeed,
  ) {}

  async copyOf(event: RecordedEvent): Promise<void> {
    for (const sha256 of this.feed.digestsIn(event)) {
      if (this.seen.get(sha256) !== undefined) continue;
      this.seen.set(sha256, '');
      const body = await this.feed.open(sha256);
      if (body) await this.copy(sha256, body);
    }
  }

  copied(): { readonly files: number; readonly bytes: number } {
    return { files: this.files, bytes: this.bytes };
  }

  close(): void {
    this.seen.close();
  }

  private async copy(sha256: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await this.sink.begin(artifactPath(sha256));
    for await (const piece of body) {
      await file.write(piece);
      this.bytes += piece.length;
    }
    await file.end();
    this.files += 1;
  }
}
