import { Clock, microsToMillis, never, uuidv7 } from '../../../core/index.js';
import { ConsumeOptions, Delivery, LedgerUnavailable } from '../../port/index.js';
import { DeliverySource } from '../../subscription/index.js';
import { ChangeWatch } from '../change-watch.js';
import { Reader } from '../reader.js';
import { Claim, GroupStore } from './group-store.js';

/** A consumer whose process has not shown itself for so long is dead; it shows itself well before. */
const ALIVE_MS = 10_000;
const SHOW_MS = 3000;
/** Other processes' deaths and missed deadlines change no file: they are looked for this often. */
const LOOK_MS = 500;
/** Events looked at in one go for those of the group's types; a first run over a long log takes many. */
const STRETCH = 10_000;

export interface GroupContext {
  readonly store: GroupStore;
  readonly log: Reader;
  /** Wakes for changes of the log and of the groups. */
  readonly watch: Pick<ChangeWatch, 'ring' | 'changed'>;
  readonly clock: Clock;
}

/** One consumer of a group, known to the other processes by its id and its signs of life. */
export class GroupMember implements DeliverySource {
  private readonly id = uuidv7();
  private readonly signs: NodeJS.Timeout;
  /** The last look ended before the end of the log. */
  private moreToLookAt = false;

  constructor(
    private readonly group: string,
    private readonly options: Required<ConsumeOptions>,
    private readonly context: GroupContext,
  ) {
    this.showLife();
    this.signs = setInterval(() => this.showLife(), SHOW_MS).unref();
  }

  take(): Delivery | undefined {
    const { store, log } = this.context;
    const claim = store.exclusively(() => this.claim());
    return claim && this.delivery(claim, log.at(claim.position));
  }

  async changed(signal: AbortSignal): Promise<void> {
    if (this.moreToLookAt) await new Promise((resolve) => setImmediate(resolve));
    else await this.context.watch.changed(signal, LOOK_MS);
  }

  release(): void {
    clearInterval(this.signs);
    this.context.store.release(this.group, this.id);
    this.context.watch.ring();
  }

  private claim(): Claim | undefined {
    const { store } = this.context;
    const now = this.now();
    this.moreToLookAt = false;
    this.takeBackOverdue(now);
    if (this.options.ordered && store.held(this.group) > 0) return undefined;
    if (store.holding(this.group, this.id) >= this.options.inFlight) return undefined;
    const claim = store.firstWaiting(this.group) ?? this.lookAtLog();
    if (claim) store.hold(this.group, claim, this.id, now + this.options.ackTimeoutMs);
    return claim;
  }

  /** A job that kills its process, or never ends, has failed: it counts, so it can't go round for ever. */
  private takeBackOverdue(now: number): void {
    const { store } = this.context;
    for (const { owner, late, ...claim } of store.overdue(this.group, now)) {
      this.fail(claim, owner, late === 1 ? 'not acknowledged in time' : 'its consumer died');
    }
  }

  private lookAtLog(): Claim | undefined {
    const { store, log } = this.context;
    const reached = store.reached(this.group);
    const head = log.head();
    const upTo = Math.min(reached + STRETCH, head);
    const position = log.firstOf(this.options.types, reached, upTo);
    if ((position ?? upTo) > reached) store.advance(this.group, position ?? upTo);
    this.moreToLookAt = position === undefined && upTo < head;
    return position === undefined ? undefined : { position, retries: 0 };
  }

  private delivery(claim: Claim, event: Delivery['event']): Delivery {
    const { store, watch } = this.context;
    return {
      event,
      retries: claim.retries,
      ack: async () => {
        store.done(this.group, claim, this.id);
        watch.ring();
      },
      nack: async (action, reason) => {
        switch (action) {
          case 'retry':
            this.fail(claim, this.id, reason);
            break;
          case 'park':
            store.park(this.group, claim, this.id, reason);
            break;
          default:
            never(action);
        }
        watch.ring();
      },
    };
  }

  private fail(claim: Claim, owner: string, reason: string): void {
    const { store } = this.context;
    if (claim.retries < this.options.maxRetries) store.retry(this.group, claim, owner);
    else store.park(this.group, claim, owner, `failed ${claim.retries + 1} times, at last: ${reason}`);
  }

  /** A sign that can't be given now is given next time; only after three is the consumer taken for dead. */
  private showLife(): void {
    try {
      this.context.store.keepAlive(this.id, this.now() + ALIVE_MS);
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
    }
  }

  private now(): number {
    return microsToMillis(this.context.clock.now());
  }
}
