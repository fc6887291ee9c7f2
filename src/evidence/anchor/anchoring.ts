import { CheckpointFollower, Issued, WitnessingLog } from '../witness/port.js';
import { Anchor, AnchoredCheckpoint, anchored } from './anchor.js';

export interface AnchoringOptions {
  readonly anchors: readonly Anchor[];
  /** At most one checkpoint in this time goes to each anchor; 0: all of them. */
  readonly everyMs: number;
  readonly retryMs: number;
  readonly timeoutMs: number;
  readonly log: WitnessingLog;
  readonly now: () => number;
}

export interface AnchorStatus {
  readonly kind: Anchor['kind'];
  readonly where: string;
  readonly anchored?: { readonly size: number; readonly at: string };
  readonly problem?: string;
}

/** Takes checkpoints outside, beside everything else: the log never waits for an anchor, and each anchor goes its own pace. */
export class Anchoring implements CheckpointFollower {
  private readonly ended = new AbortController();
  private readonly lines: readonly AnchorLine[];

  constructor(options: AnchoringOptions) {
    this.lines = options.anchors.map((anchor) => new AnchorLine(anchor, options, this.ended.signal));
  }

  issued({ note }: Issued): void {
    const next = anchored(note);
    for (const line of this.lines) line.offer(next);
  }

  async idle(): Promise<void> {
    await Promise.all(this.lines.map((line) => line.idle()));
  }

  status(): readonly AnchorStatus[] {
    return this.lines.map(({ status }) => status);
  }

  async stop(): Promise<void> {
    this.ended.abort();
    for (const line of this.lines) line.stop();
    await this.idle();
  }
}

/** One anchor, with the newest checkpoint that it has not got. */
class AnchorLine {
  status: AnchorStatus;
  private waiting: AnchoredCheckpoint | undefined;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private notBefore = 0;

  constructor(
    private readonly anchor: Anchor,
    private readonly options: AnchoringOptions,
    private readonly ended: AbortSignal,
  ) {
    this.status = { kind: anchor.kind, where: anchor.where };
  }

  offer(next: AnchoredCheckpoint): void {
    if (this.ended.aborted) return;
    this.waiting = next;
    this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting = undefined;
  }

  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private start(): void {
    clearTimeout(this.timer);
    if (this.running || !this.waiting || this.ended.aborted) return;
    const wait = this.notBefore - this.options.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.start(), wait).unref();
      return;
    }
    this.running = this.work().finally(() => {
      this.running = undefined;
      this.start();
    });
  }

  private async work(): Promise<void> {
    const { anchor, options } = this;
    const next = this.waiting!;
    this.waiting = undefined;
    const { problem: before, ...rest } = this.status;
    try {
      await anchor.put(next, AbortSignal.any([this.ended, AbortSignal.timeout(options.timeoutMs)]));
      const at = new Date(options.now()).toISOString();
      this.status = { kind: anchor.kind, where: anchor.where, anchored: { size: next.checkpoint.size, at } };
      this.notBefore = options.now() + options.everyMs;
    } catch (error) {
      if (this.ended.aborted) return;
      const problem = (error as Error).message;
      this.status = { ...rest, problem };
      this.waiting ??= next;
      this.notBefore = options.now() + options.retryMs;
      const facts = { anchor: anchor.kind, where: anchor.where, problem };
      // Once, not at each try.
      if (problem !== before) options.log.warn(facts, `checkpoint not anchored (${anchor.kind}): ${problem}`);
    }
  }
}
