import { AskedPage } from '../../mlflow/search/testing/agreement.js';
import { SearchTables } from '../../mlflow/search/testing/tables.js';
import { WantOrder } from '../../mlflow/search/testing/naive.js';
import { LoggedModelOrder } from '../../mlflow/index.js';
import { sqlBuilder } from '../../projection/index.js';
import { readModelsOver } from '../../projection/testing/read-models-over.js';
import { SearchLoggedModels, SearchLoggedModelsHandler } from '../queries/logged-models/query.js';
import { loggedModelSchema } from '../queries/logged-models/schema.js';
import type { ModelScope, SearchedModel } from './searched-models.js';

export class LoggedModelSearchLab extends SearchTables {
  private readonly handler = new SearchLoggedModelsHandler(readModelsOver(this.db));

  constructor(models: readonly SearchedModel[]) {
    super(loggedModelSchema(sqlBuilder<unknown>().schema));
    for (const model of models) this.add(model);
  }

  add({ params, tags, points, ...model }: SearchedModel): void {
    const { model_id, experiment_id } = model;
    this.put('logged_models', { ...model, deleted: 0 });
    this.putTexts('logged_model_params', { model_id }, params);
    this.putTexts('logged_model_tags', { model_id }, tags);
    for (const { dataset, value, ...point } of points)
      this.put('logged_model_metrics', {
        ...{ model_id, experiment_id, ...point },
        value: Number.isNaN(value) ? 0 : value,
        is_nan: Number.isNaN(value) ? 1 : 0,
        dataset_name: dataset?.name ?? null,
        dataset_digest: dataset?.digest ?? null,
      });
  }

  remove({ model_id }: SearchedModel): void {
    this.run('UPDATE logged_models SET deleted = 1 WHERE model_id = ?', model_id);
  }

  async page({ orders, ...asked }: AskedPage, scope: ModelScope) {
    const query = new SearchLoggedModels({ ...asked, ...scope, orderBy: orders.map(orderMessage) });
    const { models, ...more } = await this.handler.execute(query);
    return { ids: models.map(({ model }) => model.model_id), ...more };
  }
}

const orderMessage = ({ entity, key, descending, dataset }: WantOrder): LoggedModelOrder => ({
  field_name: entity === 'metrics' ? `metrics.${key}` : key,
  ascending: !descending,
  ...(dataset ? { dataset_name: dataset.name, ...(dataset.digest ? { dataset_digest: dataset.digest } : {}) } : {}),
});
