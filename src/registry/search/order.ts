import { errors } from '../../core/index.js';

export interface Order<Column extends string> {
  readonly column: Column;
  readonly direction: 'asc' | 'desc';
}

/** `key [ASC|DESC]`, each key once. `columns` maps what clients may say to what it means. */
export function parseOrder<Column extends string>(
  items: readonly string[] | undefined,
  columns: Readonly<Record<string, Column>>,
): readonly Order<Column>[] {
  const seen = new Set<Column>();
  return (items ?? []).map((item) => {
    const match = /^\s*(?:attributes?\.)?[`"]?([a-z_]+)[`"]?(?:\s+(asc|desc))?\s*$/i.exec(item);
    const column = match && Object.hasOwn(columns, match[1]!) ? columns[match[1]!] : undefined;
    if (!column) {
      const message = `Invalid order_by: '${item.slice(0, 100)}'. It must be one of ${Object.keys(columns).join(', ')}, with ASC or DESC.`;
      throw errors.invalid('order-invalid', message, 'order_by');
    }
    if (seen.has(column))
      throw errors.invalid('order-invalid', `order_by names ${match![1]} more than once`, 'order_by');
    seen.add(column);
    return { column, direction: match![2]?.toLowerCase() === 'desc' ? 'desc' : 'asc' };
  });
}
