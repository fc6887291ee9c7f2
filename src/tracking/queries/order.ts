import { errors } from '../../core/index.js';

export interface OrderBy<Column extends string> {
  readonly column: Column;
  readonly direction: 'asc' | 'desc';
}

const ITEM = /^\s*(?:(?:attributes?|attr|run)\.)?[`"]?([a-z_]+)[`"]?(?:\s+(asc|desc))?\s*$/i;

/**
 * MLflow's `order_by`, as far as it names one of the attributes in `columns`. What is not understood is
 * refused: an answer in another order than asked for would be taken for the right one.
 */
export function orderBy<Column extends string>(
  items: unknown,
  columns: Readonly<Record<string, Column>>,
): OrderBy<Column> | undefined {
  const list = items === undefined || items === null || items === '' ? [] : Array.isArray(items) ? items : [items];
  if (list.length === 0) return undefined;
  const [item] = list as unknown[];
  const match = typeof item === 'string' ? ITEM.exec(item) : null;
  const column =
    match && Object.hasOwn(columns, match[1]!.toLowerCase()) ? columns[match[1]!.toLowerCase()] : undefined;
  if (!match || column === undefined || list.length > 1) {
    throw errors.invalid(
      'order-unsupported',
      `Invalid value for parameter 'order_by': this server sorts by one attribute at a time (${Object.keys(columns).join(', ')}), with ASC or DESC`,
      'order_by',
    );
  }
  return { column, direction: match[2]?.toLowerCase() === 'desc' ? 'desc' : 'asc' };
}

/** Better no answer than one that silently ignores what was asked. */
export function refuseFilter(filter: string | undefined): void {
  if (filter === undefined || filter.trim() === '') return;
  throw errors.invalid(
    'filter-unsupported',
    "Invalid value for parameter 'filter': this server does not evaluate filters yet; leave it out and filter what comes back",
    'filter',
  );
}
