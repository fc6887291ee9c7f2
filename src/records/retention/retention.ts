import { Injectable } from '@nestjs/common';
import { CommandContext, Micros } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { classOfStream } from './classes.js';
import { retentionDecider } from './decide.js';
import { Retention, RETENTION, RetentionChange } from './events.js';

const DAY = 86_400_000_000;
/** With its leap days: so many years are never a day shorter than by the calendar. */
const YEAR = 365.25 * DAY;

/** How long records are kept, from the log itself. */
@Injectable()
export class RetentionRules {
  constructor(private readonly decisions: DecisionMaker) {}

  async now(): Promise<Retention> {
    return (await this.decisions.load(retentionDecider, RETENTION)).state;
  }

  async change(context: CommandContext, change: RetentionChange, approvalId: string): Promise<void> {
    await this.decisions.decide(retentionDecider, RETENTION, { change, approvalId }, context);
  }
}

/** When an event's time is over: what no class is told for is kept as long as anything is. */
export function keptUntil(
  { years }: Retention,
  { stream, recordedAt }: { readonly stream: string; readonly recordedAt: Micros },
): Micros {
  const found = classOfStream(stream);
  const longest = Math.max(...Object.values(years));
  return Math.ceil(recordedAt + (found === undefined ? longest : years[found]) * YEAR) as Micros;
}

/** Events from before then may be in a closed segment. */
export const onlineSince = ({ onlineDays }: Retention, now: Micros): Micros => (now - onlineDays * DAY) as Micros;
