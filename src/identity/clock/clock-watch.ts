import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { Clock, Micros, millisToMicros, systemClock, systemContext } from '../../core/index.js';
import { DecisionMaker, type Ledger, LEDGER } from '../../ledger/index.js';
import { Alerts } from '../alerts/alerts.js';
import { ClockCommand, clockDecider } from './decide.js';
import { CLOCK } from './events.js';

const EVERY_MS = 5000;
/** A machine that slept looks the same as a clock that was set; minutes of it are no news. */
const FORWARD = 10 * 60 * 1_000_000;

/** The clock that can be set. `systemClock` goes on evenly from where this one was when the process began. */
export const wallClock: Clock = { now: () => millisToMicros(Date.now()) };

export const CLOCKS = Symbol('clocks');
export interface Clocks {
  readonly wall: Clock;
  readonly steady: Clock;
}

/**
 * Compares the machine's clock with one that can't be set, and with the last time in the log, when the server
 * starts and while it runs. The ledger sees to it that times never go back; this tells that they stood still.
 */
@Injectable()
export class ClockWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ClockWatch.name);
  private readonly clocks: Clocks;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  /** The last time in the log when this server began; unknown until the log could be read. */
  private mark: Micros | undefined;
  private ahead: number;

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly alerts: Alerts,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Optional() @Inject(CLOCKS) clocks?: Clocks,
  ) {
    this.clocks = clocks ?? { wall: wallClock, steady: systemClock };
    this.ahead = this.offset();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void (this.looking = this.look()), EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Never fails: what can't be recorded now is seen again the next time. */
  async look(): Promise<void> {
    try {
      const { wall, steady } = this.clocks;
      this.mark ??= (await this.ledger.readAll({ direction: 'backwards', limit: 1 }))[0]?.recordedAt ?? (0 as Micros);
      const [clock, expected] = [wall.now(), Math.max(steady.now(), this.mark) as Micros];
      await this.record({ type: 'compare', clock, expected });
      const ahead = this.offset();
      if (ahead - this.ahead > FORWARD)
        await this.record({ type: 'set-forward', clock, expected: (clock - (ahead - this.ahead)) as Micros });
      this.ahead = ahead;
    } catch (error) {
      this.logger.warn(`the clock could not be compared: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async record(command: ClockCommand): Promise<void> {
    const context = systemContext(this.clocks.steady.now(), 'the server compares its clock');
    const { events } = await this.decisions.decide(clockDecider, CLOCK, command, context);
    for (const { type, data } of events) if (type === 'AlertRaised') this.alerts.tell(context, data);
  }

  private offset(): number {
    return this.clocks.wall.now() - this.clocks.steady.now();
  }
}
