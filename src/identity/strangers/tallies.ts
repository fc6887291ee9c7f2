import { Inject, Injectable, Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { CommandContext, errors, Micros, UserId, uuidv7 } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { accessStream, SignInFailure } from '../access/events.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { Keystore } from '../keystore/index.js';
import { Outbox } from '../outbox.js';
import { RequestsLimited, SignInsRefused } from './events.js';

export const MINUTE_MICROS = 60_000_000;
/** Addresses that get an event of their own a minute; all others share one. */
const MAX_ADDRESSES = 100;
const MAX_USERS = 20;
const MAX_LIMITED = 1_000;
const SWEEP_MS = 5_000;

interface Tally {
  readonly context: CommandContext;
  count: number;
  last: Micros;
}

interface Refusals extends Tally {
  readonly address?: string;
  readonly whys: Map<SignInFailure, number>;
  readonly users: Set<UserId>;
}

/**
 * Counts what would fill the log if it were told one by one, and writes it down when its minute is over.
 * In memory meanwhile, and bounded: a process that is killed loses at most the counts of a minute, never a
 * lock, a sign-in or a denial, which are events of their own.
 */
@Injectable()
export class Tallies implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Tallies.name);
  private readonly outbox: Outbox;
  private refusals = new Map<string, Refusals>();
  private limited = new Map<UserId, Tally & { readonly perMinute: number }>();
  private minute = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    decisions: DecisionMaker,
    private readonly keystore: Keystore,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
  ) {
    this.outbox = new Outbox(decisions, this.logger, 'counts of refusals');
  }

  onModuleInit(): void {
    this.timer = setInterval(() => this.turn(), SWEEP_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch(() => undefined);
  }

  /** @throws CustodyError kind `unavailable` while nothing can be written: what leaves no trace is not answered */
  refused(address: string, context: () => CommandContext, why: SignInFailure, userId?: UserId): void {
    this.assertWritable();
    this.turn();
    const key = this.refusals.has(address) || this.refusals.size < MAX_ADDRESSES ? address : '';
    let tally = this.refusals.get(key);
    if (!tally) {
      const first = context();
      const digest = key && this.keystore.lookupDigest(`sign-ins from:${accessStream(first.now)}:${key}`);
      const own = digest === '' ? {} : { address: digest };
      tally = { context: first, ...own, count: 0, last: first.now, whys: new Map(), users: new Set() };
      this.refusals.set(key, tally);
    }
    tally.count += 1;
    tally.last = this.clock.now();
    tally.whys.set(why, (tally.whys.get(why) ?? 0) + 1);
    if (userId !== undefined && tally.users.size < MAX_USERS) tally.users.add(userId);
  }

  /** @throws CustodyError kind `unavailable` while nothing can be written */
  requestLimited(context: CommandContext, perMinute: number): void {
    this.assertWritable();
    this.turn();
    const { actor, now } = context;
    const tally = this.limited.get(actor.id) ?? { context, count: 0, last: now, perMinute };
    tally.count += 1;
    tally.last = now;
    this.limited.set(actor.id, tally);
    if (this.limited.size >= MAX_LIMITED) this.flushSoon();
  }

  async flush(): Promise<void> {
    const [refusals, limited] = [this.refusals, this.limited];
    this.refusals = new Map();
    this.limited = new Map();
    for (const tally of refusals.values()) this.send(tally.context, refusalsEvent(tally));
    for (const tally of limited.values()) this.send(tally.context, limitedEvent(tally));
    await this.outbox.flush();
  }

  /** What belongs to another minute is written. */
  private turn(): void {
    const minute = Math.floor(this.clock.now() / MINUTE_MICROS);
    if (minute === this.minute && !this.outbox.failing) return;
    this.minute = minute;
    this.flushSoon();
  }

  private flushSoon(): void {
    // What went wrong is in the log of the server, and tried again.
    void this.flush().catch(() => undefined);
  }

  private send(context: CommandContext, event: SignInsRefused | RequestsLimited): void {
    if (event.type === 'SignInsRefused') this.logger.warn({ refused: event.data.count }, 'sign-ins refused');
    this.outbox.add({ id: uuidv7(), stream: accessStream(context.now), context, event: () => event });
  }

  private assertWritable(): void {
    if (!this.outbox.failing) return;
    this.flushSoon();
    const message = 'the audit trail can’t be written now, so nothing is answered; try again later';
    throw errors.unavailable('trail-unavailable', message);
  }
}

function refusalsEvent({ address, context, count, last, whys, users }: Refusals): SignInsRefused {
  return {
    type: 'SignInsRefused',
    data: {
      ...(address === undefined ? {} : { address }),
      count,
      first: context.now,
      last,
      whys: Object.fromEntries(whys),
      ...(users.size === 0 ? {} : { users: [...users] }),
    },
  };
}

const limitedEvent = ({
  context,
  count,
  last,
  perMinute,
}: Tally & { readonly perMinute: number }): RequestsLimited => ({
  type: 'RequestsLimited',
  data: { userId: context.actor.id, count, first: context.now, last, perMinute },
});
