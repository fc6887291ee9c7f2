import { accept, Decider, Decision, refuse } from '../../core/index.js';
import {
  BUILT_IN,
  evolve,
  FLOOR_LAW,
  FLOOR_YEARS,
  MOST_ONLINE_DAYS,
  MOST_YEARS,
  Retention,
  RetentionChange,
  RetentionChanged,
} from './events.js';

export interface ChangeRetention {
  readonly change: RetentionChange;
  readonly approvalId: string;
}

export const belowFloor = (years: number): boolean => years < FLOOR_YEARS;

export const BELOW_FLOOR = `nothing is kept for less than ${FLOOR_YEARS} years (${FLOOR_LAW}): no setting and no approval changes that`;

export const valueNow = (retention: Retention, change: RetentionChange): number =>
  'onlineDays' in change ? retention.onlineDays : retention.years[change.recordClass];

export const valueThen = (change: RetentionChange): number =>
  'onlineDays' in change ? change.onlineDays : change.years;

/** What is wrong with a change, whoever asks for it. */
export function objection(change: RetentionChange, retention: Retention): ReturnType<typeof refuse> | undefined {
  const then = valueThen(change);
  if ('onlineDays' in change) {
    if (!Number.isSafeInteger(then) || then < 0 || then > MOST_ONLINE_DAYS)
      return refuse(
        'invalid',
        'online-days-invalid',
        `online_days is a whole number from 0 to ${MOST_ONLINE_DAYS}`,
        'online_days',
      );
  } else {
    if (!Number.isSafeInteger(then) || then < 0 || then > MOST_YEARS)
      return refuse(
        'invalid',
        'years-invalid',
        `years is a whole number from ${FLOOR_YEARS} to ${MOST_YEARS}`,
        'years',
      );
    if (belowFloor(then)) return refuse('state', 'retention-below-floor', BELOW_FLOOR, 'years');
  }
  if (valueNow(retention, change) === then) return refuse('state', 'retention-unchanged', 'that is how it is already');
  return undefined;
}

function decide({ change, approvalId }: ChangeRetention, retention: Retention): Decision<RetentionChanged> {
  const wrong = objection(change, retention);
  if (wrong?.refusal.code === 'retention-unchanged') return accept();
  if (wrong) return wrong;
  return accept({ type: 'RetentionChanged', data: { ...change, from: valueNow(retention, change), approvalId } });
}

export const retentionDecider: Decider<Retention, ChangeRetention, RetentionChanged> = {
  initial: BUILT_IN,
  evolve,
  decide,
};
