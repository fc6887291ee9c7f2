import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Kysely, SelectQueryBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/sqlite';
import { CustodyError, errors, NamePattern } from '../../../core/index.js';
import { findPage, MODEL_VERSIONS, prepareSearch, promptsApart, SearchInput } from '../../../mlflow/index.js';
import { named, ReadModels } from '../../../projection/index.js';
import { isLatest, noAlias } from '../../alias.js';
import { noModel } from '../../model/command.js';
import { Stage } from '../../stage.js';
import { VersionView } from '../../view.js';
import { Page } from '../page.js';
import { namedModel } from '../../rules.js';
import { RegistryTables } from '../table.js';
import { NO_PROMPT, VERSION_SOURCE } from './source.js';

export class GetModelVersion extends Query<VersionView> {
  constructor(
    readonly name: string,
    readonly version: number,
  ) {
    super();
  }
}

/** The version that has this alias; `latest` is the highest one. */
export class GetModelVersionByAlias extends Query<VersionView> {
  constructor(
    readonly name: string,
    readonly alias: string,
  ) {
    super();
  }
}

export class SearchModelVersions extends Query<Page<VersionView>> {
  /** @param within names that may be seen; all of them, without it */
  constructor(
    readonly search: SearchInput,
    readonly within?: readonly NamePattern[],
  ) {
    super();
  }
}

@QueryHandler(GetModelVersion)
export class GetModelVersionHandler implements IQueryHandler<GetModelVersion> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ name, version }: GetModelVersion): Promise<VersionView> {
    const row = await versionRows(this.readModels.db<RegistryTables>())
      .where('registered_models.name', '=', namedModel(name))
      .where('model_versions.version', '=', version)
      .executeTakeFirst();
    if (!row)
      throw errors.notFound(
        'version-not-found',
        `Model Version (name=${name}, version=${version}) not found`,
        'version',
      );
    return viewOf(row);
  }
}

@QueryHandler(GetModelVersionByAlias)
export class GetModelVersionByAliasHandler implements IQueryHandler<GetModelVersionByAlias> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ name, alias }: GetModelVersionByAlias): Promise<VersionView> {
    const db = this.readModels.db<RegistryTables>();
    const model = await db
      .selectFrom('registered_models')
      .select('model_id')
      .where('name', '=', namedModel(name))
      .executeTakeFirst();
    if (!model) throw new CustodyError(noModel(name).refusal);
    const versions = versionRows(db).where('model_versions.model_id', '=', model.model_id);
    const row = await (
      isLatest(alias)
        ? versions.orderBy('model_versions.version', 'desc').limit(1)
        : versions.where((eb) =>
            eb(
              'model_versions.version',
              '=',
              eb
                .selectFrom('registered_model_aliases as named')
                .whereRef('named.model_id', '=', 'model_versions.model_id')
                .where('named.alias', '=', alias)
                .select('named.version'),
            ),
          )
    ).executeTakeFirst();
    if (row) return viewOf(row);
    if (!isLatest(alias)) throw noAlias(alias);
    throw errors.notFound('version-not-found', `Latest version not found for model ${name}.`, 'name');
  }
}

@QueryHandler(SearchModelVersions)
export class SearchModelVersionsHandler implements IQueryHandler<SearchModelVersions> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ search: input, within }: SearchModelVersions): Promise<Page<VersionView>> {
    const search = prepareSearch(input, MODEL_VERSIONS, {
      scope: named('registered_models.name', within),
      about: undefined,
    });
    const { ids, nextPageToken } = await findPage<number>(
      this.readModels.searches.db<unknown>(),
      VERSION_SOURCE,
      promptsApart(search, NO_PROMPT),
    );
    const rows = await versionRows(this.readModels.db<RegistryTables>())
      .select(sql<number>`model_versions.rowid`.as('row'))
      .where(sql<boolean>`model_versions.rowid IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
      .execute();
    const byRow = new Map(rows.map((row) => [row.row, row]));
    const items = ids.flatMap((id) => {
      const row = byRow.get(id);
      return row ? [viewOf(row)] : [];
    });
    return nextPageToken === undefined ? { items } : { items, nextPageToken };
  }
}

type Rows = ReturnType<typeof versionRows>;

/** Versions of the models with these ids that are the newest of their stage. */
export async function latestOf(db: Kysely<RegistryTables>, modelIds: readonly string[], stages: readonly Stage[]) {
  if (modelIds.length === 0) return [];
  const rows = await versionRows(db)
    .where('model_versions.model_id', 'in', modelIds)
    .where('model_versions.stage', 'in', stages)
    .where((eb) =>
      eb(
        'model_versions.version',
        '=',
        eb
          .selectFrom('model_versions as other')
          .whereRef('other.model_id', '=', 'model_versions.model_id')
          .whereRef('other.stage', '=', 'model_versions.stage')
          .select((max) => max.fn.max('other.version').as('latest')),
      ),
    )
    .execute();
  const inOrder = rows.map((row) => ({ modelId: row.model_id, view: viewOf(row) }));
  return inOrder.sort((a, b) => stages.indexOf(a.view.stage) - stages.indexOf(b.view.stage));
}

function versionRows(db: Kysely<RegistryTables>) {
  return db
    .selectFrom('model_versions')
    .innerJoin('registered_models', 'registered_models.model_id', 'model_versions.model_id')
    .selectAll('model_versions')
    .select((eb) => [
      'registered_models.name as name',
      jsonArrayFrom(
        eb
          .selectFrom('model_version_tags')
          .select(['key', 'value'])
          .whereRef('model_version_tags.model_id', '=', 'model_versions.model_id')
          .whereRef('model_version_tags.version', '=', 'model_versions.version')
          .orderBy('key'),
      ).as('tags'),
      jsonArrayFrom(
        eb
          .selectFrom('registered_model_aliases')
          .select('alias')
          .whereRef('registered_model_aliases.model_id', '=', 'model_versions.model_id')
          .whereRef('registered_model_aliases.version', '=', 'model_versions.version')
          .orderBy('alias'),
      ).as('aliases'),
    ]);
}

type RowOf<Q> = Q extends SelectQueryBuilder<infer _D, infer _T, infer Row> ? Row : never;

const viewOf = (row: RowOf<Rows>): VersionView => ({
  name: row.name,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  stage: row.stage,
  source: row.source,
  storage: row.storage ?? undefined,
  loggedModelId: row.logged_model_id ?? undefined,
  runId: row.run_id ?? undefined,
  runLink: row.run_link ?? undefined,
  description: row.description ?? undefined,
  tags: tagsOf(row.tags),
  aliases: listOf<{ alias: string }>(row.aliases).map(({ alias }) => alias),
});

/** SQLite answers the list as JSON text; Kysely's types have it parsed. */
export const listOf = <Item>(json: unknown): readonly Item[] => JSON.parse(json as string) as Item[];

export const tagsOf = (json: unknown): readonly (readonly [string, string])[] =>
  listOf<{ key: string; value: string }>(json).map(({ key, value }) => [key, value] as const);
