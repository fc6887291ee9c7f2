import { errors } from '../../core/index.js';

/** Which columns of a file mean what. The order of `features` is the order in which the model sees them. */
export interface ColumnSpec {
  readonly id: string;
  readonly features: readonly string[];
  readonly label: string;
}

export const LIMS_COLUMNS: ColumnSpec = {
  id: 'sample_id',
  features: ['ph_level', 'temperature', 'turbidity', 'processing_time'],
  label: 'is_contaminated',
};

export type Label = 0 | 1;

/** A sample with its measurements in the order of the spec's features. */
export interface LabelledRow {
  readonly id: string;
  readonly values: readonly number[];
  readonly label: Label;
}

const MAX_FEATURES = 64;
const MAX_NAME_LENGTH = 128;

/** Names go into the model and into text files: printable, trimmed, each only once. */
export function checkColumns(spec: ColumnSpec): ColumnSpec {
  const { id, features, label } = spec;
  if (features.length < 1 || features.length > MAX_FEATURES) {
    throw errors.invalid('columns-invalid', `a model takes 1 to ${MAX_FEATURES} features`, 'features');
  }
  const seen = new Set<string>();
  const check = (field: string, name: string) => {
    if (!isColumnName(name)) {
      throw errors.invalid('columns-invalid', `${JSON.stringify(name)} can't be the name of a column`, field);
    }
    if (seen.has(name)) throw errors.invalid('columns-invalid', `column ${name} is named twice`, field);
    seen.add(name);
  };
  check('id', id);
  check('label', label);
  features.forEach((name, index) => check(`features[${index}]`, name));
  return { id, features: [...features], label };
}

export const isColumnName = (name: unknown): name is string =>
  typeof name === 'string' &&
  name.length > 0 &&
  name.length <= MAX_NAME_LENGTH &&
  name === name.trim() &&
  !/\p{Cc}/u.test(name);
