import { createHash } from 'node:crypto';
import { formatCheckpoint } from '../../checkpoint.js';
import { CompactTree, consistencyProof, leafHash } from '../../merkle/index.js';
import { ed25519Signer, type Ed25519Signer, parseVkey, signNote } from '../../note/index.js';
import { Issued } from '../port.js';

/** A log in memory with a key of its own; `story` makes two of one name that differ from `from` on. */
export class SmallLog {
  readonly signer: Ed25519Signer;
  private readonly leaves: Buffer[] = [];
  private readonly nodes = new Map<string, Buffer>();
  private tree = CompactTree.empty();
  /** What came back from witnesses. */
  readonly lines: { number: number; line: string }[] = [];

  constructor(
    readonly origin = 'lab-a.example/log',
    seed = 'log',
  ) {
    this.signer = ed25519Signer(origin, createHash('sha256').update(seed).digest());
  }

  grow(to: number, story = 'true'): this {
    for (let index = this.leaves.length; index < to; index += 1) {
      const leaf = leafHash(Buffer.from(`${story} ${index}`));
      this.leaves.push(leaf);
      this.nodes.set(`0/${index}`, leaf);
      this.tree.append(leaf, (level, at, hash) => this.nodes.set(`${level}/${at}`, hash));
    }
    return this;
  }

  get logKey() {
    return { origin: this.origin, verifier: parseVkey(this.signer.vkey) };
  }

  get checkpoint() {
    return { origin: this.origin, size: this.tree.size, root: this.tree.root() };
  }

  note(): string {
    return signNote(formatCheckpoint(this.checkpoint), [this.signer]);
  }

  issue(): Issued {
    return { number: this.tree.size, note: this.note() };
  }

  proof(first: number): readonly Buffer[] {
    return this.consistency(first, this.tree.size).hashes;
  }

  consistency(first: number, second: number): { hashes: readonly Buffer[] } {
    return { hashes: consistencyProof(first, second, (level, index) => this.nodes.get(`${level}/${index}`)!) };
  }

  addCosignatures(number: number, lines: readonly string[]): void {
    for (const line of lines) this.lines.push({ number, line });
  }
}
