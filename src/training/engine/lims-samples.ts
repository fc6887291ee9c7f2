import { errors } from '../../core/index.js';
import { LIMS_COLUMNS, Label, LabelledRow } from './columns.js';
import { Random, STREAMS } from './random.js';

export interface LimsSampleOptions {
  readonly seed?: number;
  readonly count?: number;
  /** Share of contaminated samples; the count is exact, not drawn. */
  readonly contamination?: number;
}

export const LIMS_DEFAULTS = { seed: 42, count: 1000, contamination: 0.15 } as const;

/**
 * A water sample lies on a line between clean (0) and fully contaminated (1). Most samples sit at one end;
 * early contamination and disturbed clean samples (a warm transport, a shaken bottle) share the middle,
 * and there no model can tell them apart: that keeps a good model below F1 = 1.
 */
const CLEAN = { ph: 7.2, temperature: 4, turbidity: 0.8, time: 2.4 };
const CONTAMINATED = { ph: 6.4, temperature: 13, turbidity: 8, time: 5.5 };
const EARLY = { share: 0.14, low: 0.02, high: 0.3 };
const DISTURBED = { share: 0.036, low: 0.2, high: 0.6 };

/** Samples `S00000`, `S00001`, … in an order that says nothing of their class. */
export function limsSamples(options: LimsSampleOptions = {}): LabelledRow[] {
  const { seed, count, contamination } = { ...LIMS_DEFAULTS, ...options };
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) throw refuse('seed', 'an integer from 0 to 4294967295');
  if (!Number.isInteger(count) || count < 1 || count > 100_000) throw refuse('count', 'an integer from 1 to 100000');
  if (!(contamination >= 0 && contamination <= 1)) throw refuse('contamination', 'a number from 0 to 1');
  const random = new Random(seed, STREAMS.samples);
  const contaminated = Math.round(count * contamination);
  const ends = [
    ...severities(random, contaminated, EARLY, 1),
    ...severities(random, count - contaminated, DISTURBED, 0),
  ];
  return random.shuffled(ends).map(({ severity, label }, index) => ({
    id: `S${String(index).padStart(5, '0')}`,
    values: measure(random, severity),
    label,
  }));
}

/** The samples as a CSV file (UTF-8, line feeds): the same seed, the same bytes. */
export function limsCsv(options: LimsSampleOptions = {}): Uint8Array {
  const { id, features, label } = LIMS_COLUMNS;
  const lines = limsSamples(options).map((row) => [row.id, ...row.values, row.label].join(','));
  return new TextEncoder().encode([[id, ...features, label].join(','), ...lines, ''].join('\n'));
}

/** The middle is spread evenly, so that how hard the data is depends little on the seed. */
function severities(random: Random, count: number, group: typeof EARLY, label: Label) {
  const middle = Math.round(count * group.share);
  const step = (group.high - group.low) / middle;
  return Array.from({ length: count }, (_, index) => ({
    severity: index < middle ? group.low + step * (index + random.uniform()) : label === 1 ? random.normal(1, 0.09) : 0,
    label,
  }));
}

/** What the instruments show, in the order of the features and with the digits that they have. */
function measure(random: Random, severity: number): number[] {
  const at = (clean: number, contaminated: number) => clean + severity * (contaminated - clean);
  return [
    rounded(random.normal(at(CLEAN.ph, CONTAMINATED.ph), 0.16), 2, 4, 10),
    rounded(random.normal(at(CLEAN.temperature, CONTAMINATED.temperature), 0.7), 1, 0.5, 40),
    rounded(random.normal(at(CLEAN.turbidity, CONTAMINATED.turbidity), 0.25), 2, 0.05, 50),
    rounded(random.normal(at(CLEAN.time, CONTAMINATED.time), 0.3), 2, 0.25, 24),
  ];
}

const rounded = (value: number, digits: number, low: number, high: number): number =>
  Number(Math.min(high, Math.max(low, value)).toFixed(digits));

const refuse = (field: string, what: string) => errors.invalid('parameter-invalid', `${field} must be ${what}`, field);
