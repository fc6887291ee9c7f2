import fc from 'fast-check';
import { Agreeing, AskedPage } from '../../mlflow/search/testing/agreement.js';
import { aKey, aText, aTime, differing } from '../../mlflow/search/testing/data.js';
import { Value, Want, WantOrder } from '../../mlflow/search/testing/naive.js';
import { orderTexts, SearchTables } from '../../mlflow/search/testing/tables.js';
import { listed, NUMERIC, spoken, textual, want } from '../../mlflow/search/testing/wants.js';
import { sqlBuilder } from '../../projection/index.js';
import { readModelsOver } from '../../projection/testing/read-models-over.js';
import { SearchModelVersions, SearchModelVersionsHandler } from '../queries/versions/query.js';
import { registrySchema } from '../queries/schema.js';
import { aboutPrompts, asksForPrompts, IS_PROMPT, promptTexts, tagsWithPrompts } from './prompts-apart.js';

export interface SearchedVersion {
  readonly name: string;
  readonly version_number: number;
  readonly run_id: string | undefined;
  readonly source_path: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly tags: Readonly<Record<string, string>>;
}
const idOf = ({ name, version_number }: SearchedVersion): string => `${name}/${version_number}`;

/** So that 10 comes behind 9. */
const aNumberOf = fc.constantFrom(1, 2, 9, 10);

export const versionsWith = (value: fc.Arbitrary<string>): fc.Arbitrary<SearchedVersion[]> =>
  differing(
    fc.record({
      name: fc.constantFrom('a', 'A', 'aa', 'é', "' OR 1=1 --", 'a%'),
      version_number: aNumberOf,
      run_id: fc.option(aText, { nil: undefined }),
      source_path: aText,
      creation_timestamp: aTime,
      last_updated_timestamp: aTime,
      tags: tagsWithPrompts(value),
    }),
    idOf,
  );

const wants = fc.oneof(
  textual('attributes', fc.constantFrom('name', 'run_id', 'source_path')),
  listed('attributes', fc.constantFrom('name', 'run_id')),
  want('attributes', 'version_number', NUMERIC, aNumberOf),
  textual('tags', aKey),
  promptTexts,
);

const by = (key: string, descending: boolean): WantOrder => ({ entity: 'attributes', key, descending });
const aName = fc.constantFrom('name', 'version_number', 'creation_timestamp', 'last_updated_timestamp');

export const SEARCHED_VERSIONS: Agreeing<SearchedVersion, undefined> = {
  items: versionsWith(aText),
  scopes: fc.constant(undefined),
  wants: spoken(wants, { attributes: ['', 'attribute'], tags: ['tag', 'tags'] }),
  orders: fc.tuple(aName, fc.boolean()).map(([key, descending]) => by(key, descending)),
  id: idOf,
  // One version that is a prompt makes its model one.
  inScope: ({ name }, _scope, asked, all) =>
    asksForPrompts(asked) || !all.some((other) => other.name === name && other.tags[IS_PROMPT] === 'true'),
  counting: (asked) => (asksForPrompts(asked) ? asked : asked.filter((each) => !aboutPrompts(each))),
  values: ({ tags, ...version }, { entity, key }: Pick<Want, 'entity' | 'key'>): readonly Value[] => {
    if (entity === 'tags') return Object.hasOwn(tags, key) ? [tags[key]!] : [];
    // A version of no run is of the empty one.
    return [version[key as 'run_id' | 'version_number'] ?? ''];
  },
  sortValue: (version, { key }) => version[key as 'name' | 'version_number'],
  byDefault: [by('last_updated_timestamp', true), by('name', false), by('version_number', true)],
  ties: [by('name', false), by('version_number', true)],
  open: (versions) => new VersionSearchLab(versions),
};

class VersionSearchLab extends SearchTables {
  private readonly handler = new SearchModelVersionsHandler(readModelsOver(this.db));

  constructor(versions: readonly SearchedVersion[]) {
    super(registrySchema(sqlBuilder<unknown>().schema));
    for (const version of versions) this.add(version);
  }

  add({ name, version_number: version, run_id, source_path, tags, ...times }: SearchedVersion): void {
    const model_id = `id of ${name}`;
    this.put('registered_models', { model_id, name, created_at: 0, updated_at: 0 });
    this.put('model_versions', {
      ...{ model_id, version, source: source_path, storage: source_path, run_id: run_id ?? null, stage: 'None' },
      created_at: times.creation_timestamp,
      updated_at: times.last_updated_timestamp,
    });
    this.putTexts('model_version_tags', { model_id, version }, tags);
  }

  remove({ name, version_number: version }: SearchedVersion): void {
    for (const table of ['model_versions', 'model_version_tags'])
      this.run(`DELETE FROM ${table} WHERE model_id = ? AND version = ?`, `id of ${name}`, version);
  }

  async page({ orders, ...asked }: AskedPage) {
    const query = new SearchModelVersions({ ...asked, orderBy: orderTexts(orders, false) });
    const { items, ...more } = await this.handler.execute(query);
    return { ids: items.map(({ name, version }) => `${name}/${version}`), ...more };
  }
}
