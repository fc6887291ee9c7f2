import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { Kysely, RawBuilder, sql, SqliteDialect, SqlBool } from 'kysely';
import { LoggedModelOrder, onDatasets, parseLoggedModelOrder } from './logged-models.js';
import { findPage, prepareSearch } from './search.js';
import { Source } from './source.js';
import { LOGGED_MODELS } from './vocabularies/logged-models.js';
import { OrderKeyed } from './tree.js';

const connection = new Database(':memory:');
const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) });
const at = (alias: string, name: string): RawBuilder<unknown> => sql.ref(`${alias}.${name}`);

/** Tables as simple as they may be: the language's side is what is tested. */
const sourceFor = (datasets: readonly { readonly name: string; readonly digest?: string }[] = []): Source => ({
  from: sql`models`,
  id: sql`models.model_id`,
  attributes: {
    name: { sql: sql`models.name`, type: 'text' },
    model_id: { sql: sql`models.model_id`, type: 'text' },
    creation_timestamp: { sql: sql`models.created`, type: 'number' },
  },
  keyed: ({ kind, key }, alias) => ({
    table: kind === 'metric' ? sql`measured` : sql`tagged`,
    on: sql<SqlBool>`${at(alias, 'model_id')} = models.model_id AND ${at(alias, 'key')} = ${key}${
      kind === 'metric' && datasets.length > 0
        ? sql` AND ${onDatasets(datasets, at(alias, 'dataset'), at(alias, 'digest'))}`
        : sql``
    }`,
    value: at(alias, 'value'),
  }),
  ordered: (target: OrderKeyed, alias) => ({
    table: latest(target),
    on: sql<SqlBool>`${at(alias, 'model_id')} = models.model_id AND ${at(alias, 'place')} = 1`,
    value: at(alias, 'value'),
  }),
});

function latest({ key, dataset }: OrderKeyed): RawBuilder<unknown> {
  const on = dataset ? sql` AND ${onDatasets([dataset], sql.ref('dataset'), sql.ref('digest'))}` : sql``;
  return sql`(SELECT model_id, value, row_number() OVER (PARTITION BY model_id ORDER BY at DESC) AS place FROM measured WHERE key = ${key}${on})`;
}

beforeAll(() => {
  connection.exec('CREATE TABLE models (model_id TEXT, name TEXT, created INTEGER)');
  connection.exec('CREATE TABLE tagged (model_id TEXT, key TEXT, value TEXT)');
  connection.exec('CREATE TABLE measured (model_id TEXT, key TEXT, value REAL, at INTEGER, dataset TEXT, digest TEXT)');
  connection.exec("INSERT INTO models VALUES ('m-1', 'a', 1), ('m-2', 'a', 2), ('m-3', 'b', 2), ('m-4', 'b', 3)");
  connection.exec("INSERT INTO tagged VALUES ('m-1', 't', 'x'), ('m-2', 't', 'y')");
  connection.exec(`INSERT INTO measured VALUES ('m-1', 'acc', 0.9, 1, 'train', 'd1'), ('m-1', 'acc', 0.5, 2, 'test', 'd2'),
    ('m-2', 'acc', 0.7, 1, 'test', 'd2'), ('m-3', 'acc', 0.8, 1, 'train', 'd3')`);
});
afterAll(() => void connection.close());

describe('a search for logged models', () => {
  const search = async (filter: string, items: readonly LoggedModelOrder[] = [], source = sourceFor(), limit = 10) => {
    const order = parseLoggedModelOrder(items);
    const prepared = prepareSearch({ filter, limit }, LOGGED_MODELS, { scope: sql<SqlBool>`TRUE`, about: 1 }, order);
    return findPage<string>(db, source, prepared);
  };
  it.each([
    ['', ['m-4', 'm-2', 'm-3', 'm-1']],
    ["tags.t IN ('x', 'z')", ['m-1']],
    ["name = 'b' AND creation_time > 2", ['m-4']],
    ['metrics.acc > 0.75', ['m-3', 'm-1']],
  ])('by %j finds %j', async (filter, ids) => expect((await search(filter)).ids).toEqual(ids));

  it('looks at metrics as they were measured on the data sets beside it', async () => {
    const ids = async (...datasets: { name: string; digest?: string }[]) =>
      (await search('metrics.acc > 0.6', [], sourceFor(datasets))).ids;
    expect(await ids({ name: 'test' })).toEqual(['m-2']);
    expect(await ids({ name: 'train', digest: 'd1' })).toEqual(['m-1']);
    expect(await ids({ name: 'train', digest: 'd1' }, { name: 'test' })).toEqual(['m-2', 'm-1']);
  });

  it.each([
    [[{ field_name: 'metrics.acc' }], ['m-1', 'm-2', 'm-3', 'm-4']],
    [[{ field_name: 'metrics.acc', ascending: false }], ['m-3', 'm-2', 'm-1', 'm-4']],
    [[{ field_name: 'metrics.acc', ascending: false, dataset_name: 'train' }], ['m-1', 'm-3', 'm-4', 'm-2']],
    [[{ field_name: 'metrics.acc', dataset_name: 'train', dataset_digest: 'd3' }], ['m-3', 'm-4', 'm-2', 'm-1']],
    [
      [{ field_name: 'name' }, { field_name: 'creation_timestamp' }],
      ['m-1', 'm-2', 'm-3', 'm-4'],
    ],
  ])('by %j has the order %j', async (items, ids) => expect((await search('', items)).ids).toEqual(ids));
});
