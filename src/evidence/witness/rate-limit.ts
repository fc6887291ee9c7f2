const MINUTE_MS = 60_000;
const MAX_CALLERS = 10_000;

/** So many calls of one address within a minute. */
export class RateLimit {
  private readonly calls = new Map<string, { since: number; count: number }>();

  constructor(private readonly perMinute: number) {}

  /** 0 when the call may go on, otherwise the seconds after which the next may. */
  take(address: string, now: number): number {
    const known = this.calls.get(address);
    const window = known && now - known.since < MINUTE_MS ? known : { since: now, count: 0 };
    if (window !== known) {
      this.calls.delete(address);
      if (this.calls.size >= MAX_CALLERS) this.calls.delete(this.calls.keys().next().value!);
      this.calls.set(address, window);
    }
    window.count += 1;
    return window.count <= this.perMinute ? 0 : Math.ceil((window.since + MINUTE_MS - now) / 1000);
  }
}
