import fc from 'fast-check';
import { Label, LabelledRow, LIMS_COLUMNS } from '../columns.js';

/** CSV text of the LIMS columns from lines without a header. */
export const limsText = (...lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(
    [[LIMS_COLUMNS.id, ...LIMS_COLUMNS.features, LIMS_COLUMNS.label].join(','), ...lines, ''].join('\n'),
  );

/** Rows of two features and both classes, at least two rows of each, in any order. */
export const anyRows = (most = 40): fc.Arbitrary<LabelledRow[]> => {
  const value = fc.double({ min: -100, max: 100, noNaN: true });
  const row = (label: Label) => fc.tuple(value, value).map((values) => ({ id: 'S', values, label }));
  const some = (label: Label) => fc.array(row(label), { minLength: 2, maxLength: most });
  return fc
    .tuple(some(0), some(1))
    .chain(([zeros, ones]) => fc.shuffledSubarray([...zeros, ...ones], { minLength: zeros.length + ones.length }));
};
