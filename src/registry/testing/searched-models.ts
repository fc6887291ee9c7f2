import fc from 'fast-check';
import { Agreeing, AskedPage } from '../../mlflow/search/testing/agreement.js';
import { aKey, aText, aTime, differing } from '../../mlflow/search/testing/data.js';
import { WantOrder } from '../../mlflow/search/testing/naive.js';
import { orderTexts, SearchTables } from '../../mlflow/search/testing/tables.js';
import { listed, spoken, textual } from '../../mlflow/search/testing/wants.js';
import { sqlBuilder } from '../../projection/index.js';
import { readModelsOver } from '../../projection/testing/read-models-over.js';
import { SearchRegisteredModels, SearchRegisteredModelsHandler } from '../queries/models/query.js';
import { registrySchema } from '../queries/schema.js';
import { aboutPrompts, asksForPrompts, IS_PROMPT, promptTexts, tagsWithPrompts } from './prompts-apart.js';

export interface SearchedModel {
  readonly name: string;
  readonly timestamp: number;
  readonly tags: Readonly<Record<string, string>>;
}

export const modelsWith = (value: fc.Arbitrary<string>): fc.Arbitrary<SearchedModel[]> =>
  differing(fc.record({ name: aText, timestamp: aTime, tags: tagsWithPrompts(value) }), ({ name }) => name);

const wants = fc.oneof(textual('attributes', 'name'), listed('attributes', 'name'), textual('tags', aKey), promptTexts);

const by = (key: string, descending: boolean): WantOrder => ({ entity: 'attributes', key, descending });

export const SEARCHED_MODELS: Agreeing<SearchedModel, undefined> = {
  items: modelsWith(aText),
  scopes: fc.constant(undefined),
  wants: spoken(wants, { attributes: ['', 'attribute'], tags: ['tag', 'tags'] }),
  orders: fc
    .tuple(fc.constantFrom('name', 'last_updated_timestamp'), fc.boolean())
    .map(([key, descending]) => by(key, descending)),
  id: ({ name }) => name,
  inScope: ({ tags }, _scope, asked) => asksForPrompts(asked) || tags[IS_PROMPT] !== 'true',
  counting: (asked) => (asksForPrompts(asked) ? asked : asked.filter((each) => !aboutPrompts(each))),
  values: ({ name, tags }, { entity, key }) =>
    entity === 'attributes' ? [name] : Object.hasOwn(tags, key) ? [tags[key]!] : [],
  sortValue: ({ name, timestamp }, { key }) => (key === 'name' ? name : timestamp),
  byDefault: [by('name', false)],
  ties: [by('name', false)],
  open: (models) => new ModelSearchLab(models),
};

class ModelSearchLab extends SearchTables {
  private readonly handler = new SearchRegisteredModelsHandler(readModelsOver(this.db));
  private added = 0;

  constructor(models: readonly SearchedModel[]) {
    super(registrySchema(sqlBuilder<unknown>().schema));
    for (const model of models) this.add(model);
  }

  add({ name, timestamp, tags }: SearchedModel): void {
    const model_id = `id-${(this.added += 1)}`;
    this.put('registered_models', { model_id, name, created_at: 0, updated_at: timestamp });
    this.putTexts('registered_model_tags', { model_id }, tags);
  }

  remove({ name }: SearchedModel): void {
    this.run('DELETE FROM registered_models WHERE name = ?', name);
  }

  async page({ orders, ...asked }: AskedPage) {
    const orderBy = orderTexts(orders, false).map((text) =>
      orders.length > 1 ? text : text.replace('last_updated_', ''),
    );
    const query = new SearchRegisteredModels({ ...asked, orderBy });
    const { items, ...more } = await this.handler.execute(query);
    return { ids: items.map(({ name }) => name), ...more };
  }
}
