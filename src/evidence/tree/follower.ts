import { EventId, Position, RecordedEvent, START } from '../../core/index.js';
import { DEFAULT_PAGE, Ledger } from '../../ledger/index.js';
import { Checkpoint } from '../checkpoint.js';
import { entryOf } from '../entry.js';
import { leafHash } from '../merkle/index.js';
import { TILE_WIDTH } from '../tiles/index.js';
import { NewLeaf, TreeDamaged, TreeFile, TreeState } from './tree-file.js';

/** The log is not what was signed. Nothing is overwritten; somebody must look. */
export interface Mismatch {
  readonly size: number;
  readonly problem: string;
}

export interface FollowerOptions {
  readonly ledger: Ledger;
  readonly file: string;
  /** Every checkpoint ever signed of a larger tree than that, the smallest first. */
  readonly signedBeyond: (size: number) => readonly Checkpoint[];
  readonly onMismatch: (mismatch: Mismatch) => void;
  readonly onRebuild?: (why: string) => void;
}

/**
 * Keeps the tree up to the log. A tree that is damaged, or of another log, is made again; while it grows
 * (again), its roots are compared with what was signed at those sizes.
 */
export class TreeFollower {
  private tree: TreeFile | undefined;
  private state: TreeState | undefined;
  private due: Checkpoint[] = [];
  private told = new Set<number>();

  constructor(private readonly options: FollowerOptions) {}

  get size(): number {
    return this.state?.tree.size ?? 0;
  }

  get position(): Position {
    return this.state?.position ?? START;
  }

  /** Takes in what the log has. @throws LedgerUnavailable, LedgerCorrupted */
  async catchUp(signal?: AbortSignal): Promise<void> {
    if (!this.state) await this.open();
    try {
      await this.takeIn(signal);
    } catch (error) {
      if (!(error instanceof TreeDamaged)) throw error;
      await this.rebuild(error.message);
      await this.takeIn(signal);
    }
  }

  close(): void {
    this.tree?.close();
    [this.tree, this.state] = [undefined, undefined];
  }

  /** Makes the tree again from the log. */
  async rebuild(why: string): Promise<void> {
    this.options.onRebuild?.(why);
    this.close();
    const [first] = await this.options.ledger.readAll({ limit: 1 });
    if (first) this.begin(TreeFile.create(this.options.file, first.id));
  }

  private async open(): Promise<void> {
    const [first] = await this.options.ledger.readAll({ limit: 1 });
    if (!first) return;
    let tree: TreeFile | undefined;
    try {
      tree = TreeFile.open(this.options.file);
      await this.assertOfThisLog(tree, first.id);
      this.begin(tree);
    } catch (error) {
      tree?.close();
      if (!(error instanceof TreeDamaged)) throw error;
      await this.rebuild(error.message);
    }
  }

  private begin(tree: TreeFile): void {
    this.tree = tree;
    this.state = tree.state();
    this.due = [...this.options.signedBeyond(this.size - 1)];
    this.compare();
  }

  /** The first event, and the last bundle's entries: a log that was restored or exchanged has others. */
  private async assertOfThisLog(tree: TreeFile, first: EventId): Promise<void> {
    if (tree.firstEvent !== first) throw new TreeDamaged('the tree is of another log');
    const { size } = tree;
    if (size === 0) return;
    const bundle = Math.floor((size - 1) / TILE_WIDTH);
    const events = await this.options.ledger.readAll({ from: tree.startOf(bundle), limit: size - bundle * TILE_WIDTH });
    const leaves = Buffer.concat(events.map((event) => leafHash(entryOf(event))));
    if (!leaves.equals(tree.tile(0, bundle))) throw new TreeDamaged('the end of the log is not the tree’s');
  }

  private async takeIn(signal?: AbortSignal): Promise<void> {
    while (this.state && this.tree && signal?.aborted !== true) {
      const page = await this.options.ledger.readAll({ from: this.state.position, limit: DEFAULT_PAGE });
      this.add(page);
      if (page.length < DEFAULT_PAGE) break;
    }
    const [missing] = this.due;
    if (missing && signal?.aborted !== true && missing.size > this.size) {
      this.tell(missing.size, `a checkpoint of ${missing.size} events was signed, and the log has only ${this.size}`);
    }
  }

  /** Up to each signed size in turn, so that the root there can be compared. */
  private add(page: readonly RecordedEvent[]): void {
    let leaves: NewLeaf[] = page.map((event) => ({ leaf: leafHash(entryOf(event)), position: event.position }));
    while (leaves.length > 0) {
      const room = (this.due[0]?.size ?? Infinity) - this.size;
      this.state = this.tree!.append(this.state!, leaves.slice(0, room));
      leaves = leaves.slice(room);
      this.compare();
    }
  }

  private compare(): void {
    const root = this.due[0]?.size === this.size ? this.state!.tree.root() : undefined;
    while (root && this.due[0]?.size === this.size) {
      const { size, root: signed } = this.due.shift()!;
      if (!signed.equals(root)) this.tell(size, `the first ${size} events of the log are not those that were signed`);
    }
  }

  private tell(size: number, problem: string): void {
    if (this.told.has(size)) return;
    this.told.add(size);
    this.options.onMismatch({ size, problem });
  }
}
