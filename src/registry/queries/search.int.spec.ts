import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { Kysely, sql, SqliteDialect } from 'kysely';
import {
  findPage,
  MODEL_VERSIONS,
  pageSql,
  prepareSearch,
  promptsApart,
  REGISTERED_MODELS,
  SearchInput,
} from '../../mlflow/index.js';
import { sqlBuilder } from '../../projection/index.js';
import { MODEL_SOURCE, NO_PROMPT as NO_PROMPT_MODEL } from './models/source.js';
import { registrySchema } from './schema.js';
import { NO_PROMPT as NO_PROMPT_VERSION, VERSION_SOURCE } from './versions/source.js';

let connection: Database.Database;
let db: Kysely<unknown>;
const put = (table: string, ...row: unknown[]) =>
  connection.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join()})`).run(...row);
const addModel = (id: string, name: string, tags: Record<string, string> = {}) => {
  put('registered_models', id, name, null, 1, 1);
  for (const [key, value] of Object.entries(tags)) put('registered_model_tags', id, key, value);
};
const addVersion = (id: string, version: number, runId: string | null, tags: Record<string, string> = {}) => {
  const source = `s3://${id}/${version}`;
  put('model_versions', id, version, source, source, null, runId, null, null, 'None', 1, 1);
  for (const [key, value] of Object.entries(tags)) put('model_version_tags', id, version, key, value);
};

beforeEach(() => {
  connection = new Database(':memory:');
  db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) });
  for (const statement of registrySchema(sqlBuilder<unknown>().schema)) connection.exec(statement.sql);
  addModel('1', 'b', { k: 'v' });
  addModel('2', 'a');
  addModel('3', 'p', { 'mlflow.prompt.is_prompt': 'true' });
  addVersion('1', 1, null);
  addVersion('1', 2, 'r1', { k: 'v' });
  addVersion('2', 1, 'r2');
  addVersion('3', 1, null, { 'mlflow.prompt.is_prompt': 'true' });
  addVersion('3', 2, 'r1');
});
afterEach(() => void connection.close());

const within = { scope: sql<boolean>`TRUE`, about: undefined };
const modelSearch = (input: Partial<SearchInput>) =>
  promptsApart(prepareSearch({ limit: 10, ...input }, REGISTERED_MODELS, within), NO_PROMPT_MODEL);
const versionSearch = (input: Partial<SearchInput>) =>
  promptsApart(prepareSearch({ limit: 10, ...input }, MODEL_VERSIONS, within), NO_PROMPT_VERSION);

describe('a search for registered models', () => {
  const search = (input: Partial<SearchInput>) => findPage<string>(db, MODEL_SOURCE, modelSearch(input));
  it.each([
    ['', ['2', '1']],
    ["tags.k = 'v'", ['1']],
    ["tags.k != 'v'", []],
    ["tags.`mlflow.prompt.is_prompt` = 'true'", ['3']],
    ["tags.`mlflow.prompt.is_prompt` != 'false'", ['3']],
    ["tags.`mlflow.prompt.is_prompt` = 'false'", ['2', '1']],
    ["tags.`mlflow.prompt.is_prompt` != 'true' AND name != 'a'", ['1']],
    ["tags.`mlflow.prompt.is_prompt` = 'TRUE'", []],
  ])('by %j finds %j', async (filter, ids) => expect(await search({ filter })).toEqual({ ids }));

  it('goes on where it was when others came and went between its pages', async () => {
    const { ids, nextPageToken: pageToken } = await search({ limit: 1 });
    addModel('0', 'Aa');
    addModel('4', 'aa');
    connection.exec("DELETE FROM registered_models WHERE model_id = '2'");
    expect([ids, (await search({ limit: 5, pageToken })).ids]).toEqual([['2'], ['4', '1']]);
  });
});

describe('a search for model versions', () => {
  const search = async (input: Partial<SearchInput>) =>
    (await findPage<number>(db, VERSION_SOURCE, versionSearch(input))).ids;
  it.each([
    ['', [3, 2, 1]],
    ["run_id = ''", [1]],
    ["run_id != 'r2'", [2, 1]],
    ["run_id NOT IN ('r1', 'r2')", [1]],
    ["tags.`mlflow.prompt.is_prompt` = 'true'", [4]],
    ["version_number < '2' AND source_path LIKE 's3://%'", [3, 1]],
  ])('by %j finds %j', async (filter, ids) => expect(await search({ filter })).toEqual(ids));
});

describe('the query of a search', () => {
  const text = (query: ReturnType<typeof pageSql>) => {
    const compiled = query.compile(db);
    return { text: compiled.sql, parameters: compiled.parameters };
  };
  it('for registered models stays as it is', () =>
    expect(text(pageSql(MODEL_SOURCE, modelSearch({ filter: "name LIKE 'a%' AND tags.k = 'v'" })))).toMatchSnapshot());
  it('for model versions stays as it is', () =>
    expect(
      text(pageSql(VERSION_SOURCE, versionSearch({ filter: "run_id = 'r' AND tags.k = 'v'" }))),
    ).toMatchSnapshot());
});
