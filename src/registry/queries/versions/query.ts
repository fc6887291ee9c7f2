import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Kysely, SelectQueryBuilder } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/sqlite';
import { CustodyError, errors, never } from '../../../core/index.js';
import { ReadModels } from '../../../projection/index.js';
import { isLatest, noAlias } from '../../alias.js';
import { noModel } from '../../model/command.js';
import { compare, matchesWithoutTag } from '../../search/conditions.js';
import { Clause, parseFilter } from '../../search/filter.js';
import { parseOrder } from '../../search/order.js';
import { offsetOf, Page, pageOf } from '../../search/page.js';
import { Stage } from '../../stage.js';
import { VersionView } from '../../view.js';
import { RegistryTables } from '../table.js';

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

export interface Search {
  readonly filter?: string;
  readonly maxResults: number;
  readonly orderBy?: readonly string[];
  readonly pageToken?: string;
}

export class SearchModelVersions extends Query<Page<VersionView>> {
  constructor(readonly search: Search) {
    super();
  }
}

@QueryHandler(GetModelVersion)
export class GetModelVersionHandler implements IQueryHandler<GetModelVersion> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ name, version }: GetModelVersion): Promise<VersionView> {
    const row = await versionRows(this.readModels.db<RegistryTables>())
      .where('registered_models.name', '=', name)
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
      .where('name', '=', name)
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

const VOCABULARY = { texts: ['name', 'run_id', 'source_path'], lists: ['name', 'run_id'], numbers: ['version_number'] };

const COLUMNS = {
  name: 'registered_models.name',
  run_id: 'model_versions.run_id',
  source_path: 'model_versions.source',
  version_number: 'model_versions.version',
} as const;

const ORDER = {
  name: 'registered_models.name',
  version_number: 'model_versions.version',
  creation_timestamp: 'model_versions.created_at',
  last_updated_timestamp: 'model_versions.updated_at',
} as const;

@QueryHandler(SearchModelVersions)
export class SearchModelVersionsHandler implements IQueryHandler<SearchModelVersions> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({
    search: { filter, maxResults, orderBy, pageToken },
  }: SearchModelVersions): Promise<Page<VersionView>> {
    const asked = parseOrder(orderBy, ORDER);
    const order = asked.length > 0 ? asked : [{ column: ORDER.last_updated_timestamp, direction: 'desc' as const }];
    const offset = offsetOf(pageToken);
    let query = versionRows(this.readModels.db<RegistryTables>());
    for (const clause of parseFilter(filter, VOCABULARY)) query = where(query, clause);
    for (const { column, direction } of order) query = query.orderBy(column, direction);
    // Name and number settle every tie, so that pages fit together.
    const rows = await query
      .orderBy('registered_models.name')
      .orderBy('model_versions.version', 'desc')
      .limit(maxResults + 1)
      .offset(offset)
      .execute();
    return pageOf(rows.map(viewOf), offset, maxResults);
  }
}

type Rows = ReturnType<typeof versionRows>;

function where(query: Rows, clause: Clause): Rows {
  const column = (key: string) => COLUMNS[key as keyof typeof COLUMNS];
  switch (clause.kind) {
    case 'text':
    case 'number':
      return query.where((eb) => compare(eb, column(clause.key), clause.comparator, clause.value));
    case 'list':
      return query.where(column(clause.key), clause.negated ? 'not in' : 'in', clause.values as string[]);
    case 'tag':
      return query.where((eb) => {
        const tags = eb
          .selectFrom('model_version_tags as tag')
          .whereRef('tag.model_id', '=', 'model_versions.model_id')
          .whereRef('tag.version', '=', 'model_versions.version')
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
