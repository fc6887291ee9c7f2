/**
 * What a call has received and nobody has taken yet. Tells its source to pause while it is full, so that
 * a slow reader slows the server instead of filling the memory.
 */
export class Inbox<T> {
  private items: T[] = [];
  private held = 0;
  private failure: unknown;
  private state: 'open' | 'ended' | 'failed' = 'open';
  private wake: (() => void) | undefined;
  private paused = false;

  constructor(
    private readonly size: number,
    private readonly flow: { pause(): void; resume(): void } = { pause: () => undefined, resume: () => undefined },
    /** How much of the size an item takes. */
    private readonly weight: (item: T) => number = () => 1,
  ) {}

  get empty(): boolean {
    return this.items.length === 0;
  }

  push(item: T): void {
    this.items.push(item);
    this.held += this.weight(item);
    if (this.held >= this.size && !this.paused) {
      this.paused = true;
      this.flow.pause();
    }
    this.notify();
  }

  end(): void {
    if (this.state === 'open') this.state = 'ended';
    this.notify();
  }

  fail(error: unknown): void {
    if (this.state !== 'open') return;
    this.state = 'failed';
    this.failure = error;
    this.notify();
  }

  /** Forgets what nobody has taken. */
  clear(): void {
    this.items = [];
    this.held = 0;
  }

  /** Up to `max` items, as soon as there is one; `undefined` at the end. What came before an error comes first. */
  async take(max: number): Promise<readonly T[] | undefined> {
    while (this.items.length === 0) {
      if (this.state === 'failed') throw this.failure;
      if (this.state === 'ended') return undefined;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const taken = this.items.splice(0, max);
    for (const item of taken) this.held -= this.weight(item);
    if (this.paused && this.held < this.size / 2) {
      this.paused = false;
      this.flow.resume();
    }
    return taken;
  }

  private notify(): void {
    this.wake?.();
    this.wake = undefined;
  }
}
