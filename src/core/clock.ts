import { Brand } from './brand.js';

/** Microseconds since the Unix epoch, UTC. Exact in a double until the year 2255. */
export type Micros = Brand<number, 'Micros'>;

export interface Clock {
  now(): Micros;
}

/** The machine's clock at microsecond resolution. */
export const systemClock: Clock = {
  now: () => Math.round((performance.timeOrigin + performance.now()) * 1000) as Micros,
};

/** A clock that stands still until it is moved; for tests. */
export class FixedClock implements Clock {
  constructor(private micros: number = Date.UTC(2026, 0, 5, 9, 0, 0) * 1000) {}
  now(): Micros {
    return this.micros as Micros;
  }
  advance(micros: number): void {
    this.micros += micros;
  }
}

export const microsToMillis = (at: Micros): number => Math.floor(at / 1000);
export const millisToMicros = (ms: number): Micros => (ms * 1000) as Micros;

/** ISO 8601 in UTC with six digits of fraction: `2026-01-05T09:00:00.000000Z`. */
export function toIso(at: Micros): string {
  const ms = Math.floor(at / 1000);
  const rest = String(at - ms * 1000).padStart(3, '0');
  return `${new Date(ms).toISOString().slice(0, 23)}${rest}Z`;
}

/** Reads ISO 8601 with up to six digits of fraction; `undefined` when it is no such time. */
export function fromIso(text: string): Micros | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?)(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (!match) return undefined;
  const [, base, fraction = '', zone = 'Z'] = match;
  const moment = base!.includes('T') ? base! : `${base}T00:00:00`;
  const ms = Date.parse(`${moment}${zone}`);
  if (Number.isNaN(ms) || !isDay(base!.slice(0, 10))) return undefined;
  return (ms * 1000 + Number(fraction.padEnd(6, '0'))) as Micros;
}

/** `Date` takes 31 February for 3 March; nobody who asks for a range of days means that. */
const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
