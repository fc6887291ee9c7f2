import { accept, Decider, Decision, Micros } from '../../core/index.js';
import { ArtifactDamageFound, BytesEvent, BytesState, evolve, Finding } from './events.js';

export interface ReportDamage {
  readonly sha256: string;
  readonly finding: Finding;
  readonly actual?: string;
  readonly now: Micros;
}

const HOUR = 3_600_000_000;

export const bytesStream = (sha256: string): string => `artifact-bytes-${sha256}`;

/** The same damage is told once an hour at most: clients try again and again, and the trail is for people. */
export function decide({ now, ...found }: ReportDamage, last: BytesState): Decision<BytesEvent> {
  const known = last?.finding === found.finding && last.actual === found.actual && now - last.foundAt < HOUR;
  const event: ArtifactDamageFound = { type: 'ArtifactDamageFound', data: { ...found, foundAt: now } };
  return known ? accept() : accept(event);
}

export const bytesDecider: Decider<BytesState, ReportDamage, BytesEvent> = {
  initial: undefined,
  evolve,
  decide,
};
