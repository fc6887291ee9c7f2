import { setTimeout as sleep } from 'node:timers/promises';
import { BeforeApplicationShutdown, Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Delivery, type Ledger, LEDGER, LedgerUnavailable, ParkedEvent } from '../ledger/index.js';
import { GROUPS } from './groups.js';
import { type MailOptions, MAIL_OPTIONS } from './options.js';
import { Postman } from './postman.js';
import { Smtp } from './smtp.js';

type Group = (typeof GROUPS)[number];
const MAX_RETRIES = 10;
const NO_LIMIT = 1_000_000;
/** Many people, each with all attempts, take a while; this is for a server that hangs. */
const ACK_TIMEOUT_MS = 60 * 60_000;

/**
 * Writes to people by mail: groups of consumers of its own, so that mail keeps its places in the log over
 * crashes and is sent by one of several servers. A place is made when a server with a mail server first
 * starts with it: nobody is written to about the past.
 */
@Injectable()
export class TellPeopleByMail implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TellPeopleByMail.name);
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(MAIL_OPTIONS) private readonly options: MailOptions,
    private readonly smtp: Smtp,
    private readonly postman: Postman,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.smtp.isSetUp) return;
    for (const group of GROUPS) {
      const unmade = (error: unknown) => this.warn('its place could not be made', error);
      await (await this.consume(group)).close().catch(unmade);
    }
    this.running = Promise.all(GROUPS.map((group) => this.follow(group)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Oldest first. */
  async parked(): Promise<readonly ParkedEvent[]> {
    const parked = await Promise.all(GROUPS.map(({ name }) => this.ledger.parked(name)));
    return parked.flat().sort((a, b) => a.event.position - b.event.position);
  }

  async replay(): Promise<number> {
    const replayed = await Promise.all(GROUPS.map(({ name }) => this.ledger.replayParked(name)));
    return replayed.reduce((sum, count) => sum + count, 0);
  }

  private async follow(group: Group): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.deliver(group, signal).catch((error: unknown) => this.warn('deliveries stopped', error));
      await this.pause(signal);
    }
  }

  private async deliver(group: Group, signal: AbortSignal): Promise<void> {
    const consumer = await this.consume(group);
    const close = () => void consumer.close().catch(() => undefined);
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const delivery of consumer) await this.handle(delivery, signal);
    } finally {
      signal.removeEventListener('abort', close);
      await consumer.close();
    }
  }

  /** What is not acknowledged, because the server stops, comes again. */
  private async handle(delivery: Delivery, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const givenUp = await this.tell(delivery, signal);
        if (signal.aborted) return;
        return await (givenUp === undefined ? delivery.ack() : delivery.nack('park', givenUp));
      } catch (error) {
        if (signal.aborted) return;
        this.warn('a message could not be made or recorded', error);
        await this.pause(signal);
        // That the log is away is no fault of the message: nothing is decided about it until the log is back.
        if (error instanceof LedgerUnavailable || signal.aborted) continue;
        return delivery.nack('retry', 'the message could not be made or recorded');
      }
    }
  }

  private async tell({ event, retries }: Delivery, signal: AbortSignal): Promise<string | undefined> {
    if (retries <= MAX_RETRIES) return this.postman.tell(event, signal);
    const reason = `this server failed ${retries} times to make the message or to record it; its log says why`;
    await this.postman.park(event, reason);
    return reason;
  }

  private async pause(signal: AbortSignal): Promise<void> {
    await sleep(this.options.retryMs, undefined, { signal, ref: false }).catch(() => undefined);
  }

  private consume({ name, types }: Group) {
    return this.ledger.consume(name, {
      types,
      startFrom: 'end',
      ackTimeoutMs: ACK_TIMEOUT_MS,
      maxRetries: NO_LIMIT,
      ordered: true,
    });
  }

  private warn(what: string, error: unknown): void {
    this.logger.warn(`mail: ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
