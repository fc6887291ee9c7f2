import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Kysely } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/sqlite';
import { errors, never } from '../../../core/index.js';
import { ReadModels } from '../../../projection/index.js';
import { compare, matchesWithoutTag } from '../../search/conditions.js';
import { Clause, parseFilter } from '../../search/filter.js';
import { parseOrder } from '../../search/order.js';
import { offsetOf, Page, pageOf } from '../../search/page.js';
import { Stage, STAGES } from '../../stage.js';
import { ModelView, VersionView } from '../../view.js';
import { RegistryTables } from '../table.js';
import { latestOf, listOf, Search, tagsOf } from '../versions/query.js';

export class GetRegisteredModel extends Query<ModelView> {
  constructor(readonly name: string) {
    super();
  }
}

export class SearchRegisteredModels extends Query<Page<ModelView>> {
  constructor(readonly search: Search) {
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
    const row = await modelRows(db).where('name', '=', name).executeTakeFirst();
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
    const row = await modelRows(db).where('name', '=', name).executeTakeFirst();
    if (!row) throw notFound(name);
    return (await latestOf(db, [row.model_id], stages.length > 0 ? stages : STAGES)).map(({ view }) => view);
  }
}

const VOCABULARY = { texts: ['name'], lists: ['name'], numbers: [] };

/** MLflow knows the time of the last update by both names. */
const ORDER = {
  name: 'name',
  timestamp: 'updated_at',
  last_updated_timestamp: 'updated_at',
  creation_timestamp: 'created_at',
} as const;

@QueryHandler(SearchRegisteredModels)
export class SearchRegisteredModelsHandler implements IQueryHandler<SearchRegisteredModels> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({
    search: { filter, maxResults, orderBy, pageToken },
  }: SearchRegisteredModels): Promise<Page<ModelView>> {
    const db = this.readModels.db<RegistryTables>();
    const offset = offsetOf(pageToken);
    let query = modelRows(db);
    for (const clause of parseFilter(filter, VOCABULARY)) query = where(query, clause);
    for (const { column, direction } of parseOrder(orderBy, ORDER)) query = query.orderBy(column, direction);
    const rows = await query
      .orderBy('name')
      .limit(maxResults + 1)
      .offset(offset)
      .execute();
    const { items, nextPageToken } = pageOf(rows, offset, maxResults);
    const ids = items.map(({ model_id }) => model_id);
    const latest = Map.groupBy(await latestOf(db, ids, STAGES), ({ modelId }) => modelId);
    const views = items.map((row) =>
      viewOf(
        row,
        (latest.get(row.model_id) ?? []).map(({ view }) => view),
      ),
    );
    return { items: views, nextPageToken };
  }
}

type Rows = ReturnType<typeof modelRows>;

function where(query: Rows, clause: Clause): Rows {
  switch (clause.kind) {
    case 'text':
      return query.where((eb) => compare(eb, 'name', clause.comparator, clause.value));
    case 'list':
      return query.where('name', clause.negated ? 'not in' : 'in', clause.values as string[]);
    case 'number':
      throw new Error('registered models have no number to search for');
    case 'tag':
      return query.where((eb) => {
        const tags = eb
          .selectFrom('registered_model_tags as tag')
          .whereRef('tag.model_id', '=', 'registered_models.model_id')
          .where('tag.key', '=', clause.key);
        const matching = eb.exists(
          tags.where((tag) => compare(tag, 'tag.value', clause.comparator, clause.value)).select('tag.key'),
        );
        return matchesWithoutTag(clause) ? eb.or([matching, eb.not(eb.exists(tags.select('tag.key')))]) : matching;
      });
    default:
      return never(clause);
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
  row: Awaited<ReturnType<Rows['executeTakeFirstOrThrow']>>,
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
