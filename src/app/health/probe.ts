import { Inject, Injectable } from '@nestjs/common';
import { LEDGER, type Ledger } from '../../ledger/index.js';
import { ProjectionHost } from '../projection/projection-host.js';

const FRESH_MS = 1000;
/** How long the read models may take to get to where the log was, before the server calls itself not ready. */
const MAX_LAG_MS = 10_000;

/**
 * Whether the log can be written and the read models follow it. Looking at the log is a real write, and
 * anyone may ask, so those who ask within a second share one answer.
 */
@Injectable()
export class Probe {
  private asked: { readonly at: number; readonly answer: Promise<string | undefined> } | undefined;
  /** Where the log's head was when the read models were last seen behind it. */
  private behind: { readonly head: number; readonly since: number } | undefined;

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly projections: ProjectionHost,
  ) {}

  /** `undefined` when all is well. */
  logProblem(): Promise<string | undefined> {
    const now = performance.now();
    if (!this.asked || now - this.asked.at > FRESH_MS) this.asked = { at: now, answer: this.look() };
    return this.asked.answer;
  }

  async projectionProblem(): Promise<string | undefined> {
    if (this.projections.problem !== undefined)
      return `the read models do not follow the log: ${this.projections.problem}`;
    const { checkpoint } = this.projections;
    if (this.behind && checkpoint < this.behind.head) {
      const ms = performance.now() - this.behind.since;
      return ms > MAX_LAG_MS ? `the read models have been behind the log for ${Math.round(ms / 1000)} s` : undefined;
    }
    const head = await this.ledger.head().catch(() => checkpoint);
    this.behind = head > checkpoint ? { head, since: performance.now() } : undefined;
    return undefined;
  }

  private async look(): Promise<string | undefined> {
    try {
      await this.ledger.probe();
      return undefined;
    } catch (error) {
      return `the log can't be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
