import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerCorrupted, LedgerUnavailable } from '../port/index.js';
import { Client } from './client.js';
import { failureOf, StoreFailure } from './failure.js';
import { within } from './within.js';

export interface Patience {
  /** How long a call may stay without an answer. */
  readonly callMs: number;
  /** How long a command is tried again while the server is away. */
  readonly retryMs: number;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

/** The present client and when to make another; every call of the adapter goes through here. */
export class Connection {
  private client: Client;
  private readonly ended = new AbortController();

  constructor(
    private readonly connectionString: string,
    readonly patience: Patience,
  ) {
    this.client = new Client(connectionString);
  }

  /** Aborted when the ledger is closed. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  assertOpen(): void {
    if (this.ended.signal.aborted) throw new LedgerUnavailable('the ledger is closed', 'closed');
  }

  /** One try. Fails with a `StoreFailure`; a call that stays silent is given up. */
  async once<T>(call: (client: Client) => Promise<T>, limitMs: number = this.patience.callMs): Promise<T> {
    this.assertOpen();
    const { client } = this;
    try {
      return await within(limitMs, call(client));
    } catch (error) {
      throw this.failed(client, error);
    }
  }

  /** One call, tried again while the failure may pass. Only for calls that may happen twice. */
  persist<T>(call: (client: Client) => Promise<T>, limitMs?: number): Promise<T> {
    return this.retry(() => this.once(call, limitMs));
  }

  /** Repeats a step while its failure may pass, for a bounded time. */
  async retry<T>(step: (attempt: number) => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + this.patience.retryMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await step(attempt);
      } catch (error) {
        const passing = error instanceof StoreFailure && error.passing;
        if (!passing || performance.now() > giveUpAt) throw error;
        await this.pause(attempt);
      }
    }
  }

  /** Grows from attempt to attempt; different for everybody, so that not all come back at once. */
  async pause(attempt: number): Promise<void> {
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
    await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal: this.ended.signal }).catch(() => undefined);
    this.assertOpen();
  }

  /**
   * The library recovers by itself from unavailable nodes and changed leaders. It does not from silence,
   * nor from a discovery that failed (it would answer that same failure for ever): then a new client is made.
   */
  failed(client: Client, error: unknown): StoreFailure | LedgerUnavailable | LedgerCorrupted {
    if (this.ended.signal.aborted) return new LedgerUnavailable('the ledger is closed', 'closed');
    if (error instanceof LedgerUnavailable || error instanceof LedgerCorrupted) return error;
    const failure = failureOf(error);
    if (failure.stuck && client === this.client) {
      this.client = new Client(this.connectionString);
      void client.close().catch(() => undefined);
    }
    return failure;
  }

  async close(): Promise<void> {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    await this.client.close().catch(() => undefined);
  }
}
