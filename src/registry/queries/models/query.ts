import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Kysely } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/sqlite';
import { errors, NamePattern } from '../../../core/index.js';
import { findPage, prepareSearch, promptsApart, REGISTERED_MODELS, SearchInput } from '../../../mlflow/index.js';
import { named, ReadModels } from '../../../projection/index.js';
import { namedModel } from '../../rules.js';
import { Stage, STAGES } from '../../stage.js';
import { ModelView, VersionView } from '../../view.js';
import { RegistryTables } from '../table.js';
import { Page } from '../page.js';
import { latestOf, listOf, tagsOf } from '../versions/query.js';
import { MODEL_SOURCE, NO_PROMPT } from './source.js';

export class GetRegisteredModel extends Query<ModelView> {
  constructor(readonly name: string) {
    super();
  }
}

export class SearchRegisteredModels extends Query<Page<ModelView>> {
  /** @param within names that may be seen; all of them, without it */
  constructor(
    readonly search: SearchInput,
    readonly within?: readonly NamePattern[],
  ) {
    super();
  }
}

/** The newest version of each of these stages (of all, when none is named). */
export class GetLatestVersions extends Query<readonly VersionView[]> {
  constructor(
    readonly name: string,
    readonly stages: readonly Stage[],
  ) {
    super();
  }
}

@QueryHandler(GetRegisteredModel)
export class GetRegisteredModelHandler implements IQueryHandler<GetRegisteredModel> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ name }: GetRegisteredModel): Promise<ModelView> {
    const db = this.readModels.db<RegistryTables>();
    const row = await modelRows(db).where('name', '=', namedModel(name)).executeTakeFirst();
    if (!row) throw notFound(name);
    return viewOf(
      row,
      (await latestOf(db, [row.model_id], STAGES)).map(({ view }) => view),
    );
  }
}

@QueryHandler(GetLatestVersions)
export class GetLatestVersionsHandler implements IQueryHandler<GetLatestVersions> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ name, stages }: GetLatestVersions): Promise<readonly VersionView[]> {
    const db = this.readModels.db<RegistryTables>();
    const row = await modelRows(db).where('name', '=', namedModel(name)).executeTakeFirst();
    if (!row) throw notFound(name);
    return (await latestOf(db, [row.model_id], stages.length > 0 ? stages : STAGES)).map(({ view }) => view);
  }
}

@QueryHandler(SearchRegisteredModels)
export class SearchRegisteredModelsHandler implements IQueryHandler<SearchRegisteredModels> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ search: input, within }: SearchRegisteredModels): Promise<Page<ModelView>> {
    const db = this.readModels.db<RegistryTables>();
    const search = prepareSearch(input, REGISTERED_MODELS, {
      scope: named('registered_models.name', within),
      about: undefined,
    });
    const { ids, nextPageToken } = await findPage<string>(
      this.readModels.searches.db<unknown>(),
      MODEL_SOURCE,
      promptsApart(search, NO_PROMPT),
    );
    if (ids.length === 0) return { items: [] };
    const rows = new Map(
      (await modelRows(db).where('model_id', 'in', ids).execute()).map((row) => [row.model_id, row]),
    );
    const latest = Map.groupBy(await latestOf(db, ids, STAGES), ({ modelId }) => modelId);
    const items = ids.flatMap((id) => {
      const row = rows.get(id);
      const versions = (latest.get(id) ?? []).map(({ view }) => view);
      return row ? [viewOf(row, versions)] : [];
    });
    return nextPageToken === undefined ? { items } : { items, nextPageToken };
  }
}

function modelRows(db: Kysely<RegistryTables>) {
  return db
    .selectFrom('registered_models')
    .selectAll()
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('registered_model_tags')
          .select(['key', 'value'])
          .whereRef('registered_model_tags.model_id', '=', 'registered_models.model_id')
          .orderBy('key'),
      ).as('tags'),
      jsonArrayFrom(
        eb
          .selectFrom('registered_model_aliases')
          .select(['alias', 'version'])
          .whereRef('registered_model_aliases.model_id', '=', 'registered_models.model_id')
          .orderBy('alias'),
      ).as('aliases'),
    ]);
}

const viewOf = (
  row: Awaited<ReturnType<ReturnType<typeof modelRows>['executeTakeFirstOrThrow']>>,
  latestVersions: readonly VersionView[],
): ModelView => ({
  name: row.name,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  description: row.description ?? undefined,
  tags: tagsOf(row.tags),
  aliases: listOf<{ alias: string; version: number }>(row.aliases).map(({ alias, version }) => [alias, version]),
  latestVersions,
});

const notFound = (name: string) =>
  errors.notFound('model-not-found', `Registered Model with name=${name} not found`, 'name');
