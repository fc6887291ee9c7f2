import { sql as raw } from 'kysely';
import { Actor, ResourceRef, Sealed } from '../../core/index.js';
import { param, ProjectionContext, sqlBuilder, Statements } from '../../projection/index.js';
import { Dictionary } from './dictionary.js';
import { ActorRow, AuditTables, NameRow, ResourceRow, ThingRow } from './table.js';

const sql = sqlBuilder<AuditTables>();
const ERASED = '[erased]';

export interface ResourceNo {
  readonly no: number;
  /** Itself first, then what it belongs to. */
  readonly things: readonly number[];
}

/** The numbers that rows are made of, and the tables that tell what they mean. */
export class Dictionaries {
  private readonly actors: Dictionary<Values<ActorRow>>;
  private readonly actions: Dictionary<Values<NameRow>>;
  private readonly streams: Dictionary<Values<NameRow>>;
  private readonly things: Dictionary<Values<ThingRow>>;
  private readonly resources: Dictionary<Values<ResourceRow>>;
  private readonly eraseClaims: (row: { readonly claim_subject: string }) => void;
  private lastClaim: { readonly box: string; readonly name: string } | undefined;

  constructor(
    statements: Statements,
    private readonly context: ProjectionContext,
  ) {
    const belong = statements.write(
      sql.insertInto('audit_belongings').values({ resource: param<number>('resource'), thing: param<number>('thing') }),
    );
    this.eraseClaims = statements.write(claimsErased);
    this.actors = new Dictionary(actorsTable(statements));
    this.actions = new Dictionary(namesTable(statements, 'audit_actions'));
    this.streams = new Dictionary(namesTable(statements, 'audit_streams'));
    this.things = new Dictionary(thingsTable(statements));
    this.resources = new Dictionary(resourcesTable(statements), (resource, entry) => {
      for (const thing of [entry.thing, ...numbers(entry.parents)]) belong({ resource, thing });
    });
  }

  action(type: string): number {
    return this.actions.noOf(type, () => ({ name: type }));
  }

  stream(name: string): number {
    return this.streams.noOf(name, () => ({ name }));
  }

  actor({ id, onBehalfOf = '' as Actor['id'], kind, via, verified, claimedName }: Actor): number {
    const claimed_name = claimedName ? this.open(claimedName) : '';
    const claim_subject = claimedName?.subject ?? '';
    const key = `${id}\n${onBehalfOf}\n${kind}\n${via}\n${verified}\n${claim_subject}\n${claimed_name}`;
    const row = {
      id,
      on_behalf_of: onBehalfOf,
      kind,
      via,
      verified: verified === false ? 0 : 1,
      claimed_name,
      claim_subject,
    };
    return this.actors.noOf(key, () => row);
  }

  resource({ kind, id, name = '', parents = [] }: ResourceRef, position: number): ResourceNo {
    const thing = this.thing(kind, id);
    const above = new Set(parents.map((parent) => this.thing(parent.kind, parent.id)));
    above.delete(thing);
    const sorted = [...above].sort((a, b) => a - b);
    const key = { thing, name, parents: sorted.join(' ') };
    const no = this.resources.noOf(`${thing}\n${key.parents}\n${name}`, () => ({ ...key, since: position }));
    return { no, things: [thing, ...sorted] };
  }

  /** Names that somebody claimed whose key is destroyed. Several of them are then several rows that say the same. */
  erase(subject: string): void {
    this.eraseClaims({ claim_subject: subject });
    this.lastClaim = undefined;
    this.actors.forget();
  }

  forget(): void {
    for (const each of [this.actors, this.actions, this.streams, this.things, this.resources]) each.forget();
  }

  private thing(kind: string, id: string): number {
    return this.things.noOf(`${kind}\n${id}`, () => ({ kind, id }));
  }

  /** Requests of one client carry the same box: opening it once is enough. */
  private open(sealed: Sealed): string {
    if (this.lastClaim?.box !== sealed.box) {
      this.lastClaim = { box: sealed.box, name: this.context.unseal(sealed) ?? ERASED };
    }
    return this.lastClaim.name;
  }
}

/** Several names become one; the subject takes the row's number, so that the rows stay apart. */
const claimsErased = sql
  .updateTable('audit_actors')
  .set(() => ({ claimed_name: ERASED, claim_subject: raw<string>`claim_subject || '#' || no` }))
  .where('claim_subject', '=', param<string>('claim_subject'));

type Values<Row> = { readonly [Column in keyof Row as Exclude<Column, 'no'>]: Row[Column] };

const numbers = (text: string): readonly number[] => (text === '' ? [] : text.split(' ').map(Number));

/** `undefined` for a row that is not there. */
const noIn =
  <Entry>(first: (entry: Entry) => { no: number } | undefined) =>
  (entry: Entry) =>
    first(entry)?.no;

function actorsTable(statements: Statements) {
  const row = {
    id: param<string>('id'),
    on_behalf_of: param<string>('on_behalf_of'),
    kind: param<string>('kind'),
    via: param<string>('via'),
    verified: param<number>('verified'),
    claimed_name: param<string>('claimed_name'),
    claim_subject: param<string>('claim_subject'),
  };
  return {
    find: noIn<Values<ActorRow>>(
      statements.first(
        sql
          .selectFrom('audit_actors')
          .select('no')
          .where((eb) => eb.and(row)),
      ),
    ),
    add: statements.write(sql.insertInto('audit_actors').values(row)),
  };
}

function namesTable(statements: Statements, table: 'audit_actions' | 'audit_streams') {
  const name = param<string>('name');
  return {
    find: noIn<Values<NameRow>>(statements.first(sql.selectFrom(table).select('no').where('name', '=', name))),
    add: statements.write(sql.insertInto(table).values({ name })),
  };
}

function thingsTable(statements: Statements) {
  const row = { kind: param<string>('kind'), id: param<string>('id') };
  return {
    find: noIn<Values<ThingRow>>(
      statements.first(
        sql
          .selectFrom('audit_things')
          .select('no')
          .where((eb) => eb.and(row)),
      ),
    ),
    add: statements.write(sql.insertInto('audit_things').values(row)),
  };
}

function resourcesTable(statements: Statements) {
  const key = { thing: param<number>('thing'), name: param<string>('name'), parents: param<string>('parents') };
  return {
    find: noIn<Values<ResourceRow>>(
      statements.first(
        sql
          .selectFrom('audit_resources')
          .select('no')
          .where((eb) => eb.and(key)),
      ),
    ),
    add: statements.write(sql.insertInto('audit_resources').values({ ...key, since: param<number>('since') })),
  };
}
