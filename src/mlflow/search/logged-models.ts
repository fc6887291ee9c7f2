import { RawBuilder, sql, SqlBool } from 'kysely';
import { CustodyError, errors } from '../../core/index.js';
import { completeOrder } from './order.js';
import { OrderTerm } from './tree.js';
import { LOGGED_MODELS } from './vocabularies/logged-models.js';

/** One `order_by` of `logged-models/search`, which is no text but a message. */
export interface LoggedModelOrder {
  readonly field_name?: string;
  readonly ascending?: boolean;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
}

/** Attributes by name, metrics by `metrics.<key>`, perhaps as measured on one data set. */
export function parseLoggedModelOrder(items: readonly LoggedModelOrder[] | undefined): readonly OrderTerm[] {
  return completeOrder((items ?? []).map(parseTerm), LOGGED_MODELS);
}

function parseTerm(
  { field_name: field, ascending = true, dataset_name: name, dataset_digest: digest }: LoggedModelOrder,
  at: number,
): OrderTerm {
  if (!field) throw refused(at, 'field_name', '`field_name` in the `order_by` clause must be specified');
  if (digest && !name)
    throw refused(at, 'dataset_digest', '`dataset_digest` can only be specified if `dataset_name` is also specified');
  const direction = ascending ? 'asc' : 'desc';
  const { attributes } = LOGGED_MODELS.order;
  const metric = /^metrics\.(?<key>.+)$/su.exec(field)?.groups?.['key'];
  if (metric !== undefined) {
    const dataset = name ? { dataset: { name, ...(digest ? { digest } : {}) } } : {};
    return { target: { kind: 'metric', key: metric, ...dataset }, direction };
  }
  const attribute = field.trim();
  if (Object.hasOwn(attributes, attribute))
    return { target: { kind: 'attribute', name: attributes[attribute]! }, direction };
  const can = [...Object.keys(attributes), 'metrics.<key>'].join(', ');
  throw refused(at, 'field_name', `Invalid order by field name: ${field.slice(0, 100)}. It is one of ${can}`);
}

const refused = (at: number, field: string, message: string): CustodyError =>
  errors.invalid('order-invalid', message, `order_by[${at}].${field}`);

/** Whether a metric was measured on one of the data sets that a search names; without a digest any will do. */
export const onDatasets = (
  datasets: readonly { readonly name: string; readonly digest?: string }[],
  name: RawBuilder<unknown>,
  digest: RawBuilder<unknown>,
): RawBuilder<SqlBool> => {
  const wanted = datasets.map((each) =>
    each.digest === undefined
      ? sql`${name} = ${each.name}`
      : sql`(${name} = ${each.name} AND ${digest} = ${each.digest})`,
  );
  return sql<SqlBool>`(${sql.join(wanted, sql` OR `)})`;
};
