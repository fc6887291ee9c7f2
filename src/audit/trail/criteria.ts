import type { Kysely } from 'kysely';
import { errors, EventCatalogue } from '../../core/index.js';
import { term } from './blocks.js';
import { AuditFilters } from './filters.js';
import { AuditTables } from './table.js';

/** The filters in the numbers of the tables; an event must have one of each list that is there. */
export interface Criteria {
  readonly actors?: readonly number[];
  readonly actions?: readonly number[];
  readonly things?: readonly number[];
}

type Db = Kysely<AuditTables>;

/** Long lists find nearly every block: they are checked on the events alone. */
const SELECTIVE = 24;

/** The terms by which blocks are chosen, a list for each criterion. */
export function termsOf({ actors, actions, things }: Criteria): readonly (readonly number[])[] {
  const lists = [things?.map(term.thing), actors?.map(term.actor), actions?.map(term.action)];
  return lists.filter((list) => list !== undefined).filter(({ length }) => length <= SELECTIVE);
}

/** An unknown name, action or thing is refused: it must not look like one of which nothing is known. */
export async function criteriaOf(
  db: Db,
  catalogue: EventCatalogue,
  filters: AuditFilters,
  person: string | undefined,
  completeTo: number,
): Promise<Criteria> {
  const { analyst, resource } = filters;
  const actions = actionNames(catalogue, filters);
  return {
    ...(resource === undefined ? {} : { things: await thingsOf(db, resource, completeTo) }),
    ...(analyst === undefined ? {} : { actors: await actorsOf(db, analyst, person) }),
    ...(actions === undefined ? {} : { actions: await numbersOf(db, actions) }),
  };
}

function actionNames(
  catalogue: EventCatalogue,
  { actions = [], outcome }: AuditFilters,
): readonly string[] | undefined {
  const known = new Map(catalogue.definitions.map((definition) => [definition.type, definition.outcome ?? 'ok']));
  const unknown = actions.find((action) => !known.has(action));
  if (unknown !== undefined) {
    const message = `there is no action ${quote(unknown)}; docs/events.md lists the event types`;
    throw errors.invalid('unknown-action', message, 'action');
  }
  const asked = actions.length > 0 ? actions : outcome === undefined ? undefined : [...known.keys()];
  return asked?.filter((action) => outcome === undefined || known.get(action) === outcome);
}

async function numbersOf(db: Db, names: readonly string[]): Promise<readonly number[]> {
  const rows = await db.selectFrom('audit_actions').select('no').where('name', 'in', names).execute();
  return rows.map(({ no }) => no);
}

/** Also what someone did who only claimed the name: the entries say that nobody checked it. */
async function actorsOf(db: Db, analyst: string, person: string | undefined): Promise<readonly number[]> {
  const ids = person === undefined ? [analyst] : [analyst, person];
  const rows = await db
    .selectFrom('audit_actors')
    .select('no')
    .where((eb) => eb.or([eb('id', 'in', ids), eb('on_behalf_of', 'in', ids), eb('claimed_name', '=', analyst)]))
    .execute();
  if (rows.length > 0 || person !== undefined) return rows.map(({ no }) => no);
  throw errors.notFound('unknown-analyst', `nobody is known by the login or id ${quote(analyst)}`, 'analyst');
}

/**
 * By id, or by any name that it ever had. Names given after the walk began do not count: later pages
 * would hold events that earlier ones left out.
 */
async function thingsOf(db: Db, resource: string, completeTo: number): Promise<readonly number[]> {
  const colon = resource.indexOf(':');
  if (colon < 1 || colon === resource.length - 1) {
    const message = 'resource must be a kind and an id or name, as in run:5f2c… or registered-model:quality';
    throw errors.invalid('invalid-resource', message, 'resource');
  }
  const [kind, key] = [resource.slice(0, colon), resource.slice(colon + 1)];
  const byId = db.selectFrom('audit_things').select('no').where('kind', '=', kind).where('id', '=', key);
  const byName = db
    .selectFrom('audit_resources as r')
    .innerJoin('audit_things as t', 't.no', 'r.thing')
    .select('t.no')
    .where('r.name', '=', key)
    .where('t.kind', '=', kind)
    .where('r.since', '<=', completeTo);
  const rows = await byId.union(byName).execute();
  if (rows.length > 0) return rows.map(({ no }) => no);
  throw errors.notFound(
    'unknown-resource',
    `the trail knows no ${quote(kind)} with the id or name ${quote(key)}`,
    'resource',
  );
}

const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
