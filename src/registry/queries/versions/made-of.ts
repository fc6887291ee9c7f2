import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '../../../projection/index.js';
import { RegistryTables } from '../table.js';

/** The names of the models that have a version whose files are here. */
export class ModelsMadeOf extends Query<readonly string[]> {
  constructor(readonly storage: string) {
    super();
  }
}

@QueryHandler(ModelsMadeOf)
export class ModelsMadeOfHandler implements IQueryHandler<ModelsMadeOf> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ storage }: ModelsMadeOf): Promise<readonly string[]> {
    const rows = await this.readModels
      .db<RegistryTables>()
      .selectFrom('model_versions')
      .innerJoin('registered_models', 'registered_models.model_id', 'model_versions.model_id')
      .select('registered_models.name')
      .distinct()
      .where('model_versions.storage', '=', storage)
      .execute();
    return rows.map(({ name }) => name);
  }
}
