import { EventCatalogue, RecordedEvent, START } from '../../core/index.js';
import { param, Projection, ProjectionContext, sqlBuilder, Statements } from '../../projection/index.js';
import { blockOf, term } from './blocks.js';
import { Dictionaries } from './dictionaries.js';
import { packId } from './packed-id.js';
import { schema } from './schema.js';
import { AuditTables, EventRow, TABLES } from './table.js';

const sql = sqlBuilder<AuditTables>();

/** The trail: every event of every room, by its envelope and what the catalogue says that it is about. */
export const auditProjections = (catalogue: EventCatalogue): readonly Projection[] => [
  {
    name: 'audit.trail',
    version: 3,
    tables: TABLES,
    schema,
    prepare: (statements, context) => {
      const trail = new Trail(statements, context, catalogue);
      return (event) => trail.take(event);
    },
  },
];

/**
 * What is kept in memory between events may be behind the tables (another process took some in) or ahead
 * of them (a batch was rolled back). Both show before anything is written from it: the next ordinal is
 * taken, or an event comes again.
 */
class Trail {
  private readonly numbers: Dictionaries;
  private readonly statements;
  private ordinal = 0;
  private position: number = START;
  private block = -1;
  /** Terms that the block index has for the current block. */
  private readonly indexed = new Set<number>();

  constructor(
    statements: Statements,
    context: ProjectionContext,
    private readonly catalogue: EventCatalogue,
  ) {
    this.numbers = new Dictionaries(statements, context);
    this.statements = prepare(statements);
    this.reload();
  }

  take(event: RecordedEvent): void {
    if (event.position <= this.position) this.reload();
    const actor = this.numbers.actor(event.actor);
    const action = this.numbers.action(event.type);
    const resource = this.numbers.resource(this.catalogue.definition(event.type).resource(event.data), event.position);
    const { requestId } = event.origin;
    this.insert({
      position: event.position,
      event_id: packId(event.id),
      recorded_at: event.recordedAt,
      actor,
      action,
      resource: resource.no,
      stream: this.numbers.stream(event.stream),
      revision: event.revision,
      request_id: packId(requestId),
      correlation_id: event.correlationId === requestId ? null : packId(event.correlationId),
      causation_id: event.causationId === undefined ? null : packId(event.causationId),
      reason: event.reason ?? null,
    });
    this.position = event.position;
    this.index(term.actor(actor));
    this.index(term.action(action));
    for (const thing of resource.things) this.index(term.thing(thing));
    if (event.type === 'PersonErased') this.numbers.erase(event.data['userId'] as string);
  }

  private insert(row: Omit<EventRow, 'ordinal'>): void {
    try {
      this.statements.insert({ ...row, ordinal: this.ordinal + 1 });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_CONSTRAINT_PRIMARYKEY') throw error;
      this.reload();
      this.statements.insert({ ...row, ordinal: this.ordinal + 1 });
    }
    this.ordinal += 1;
  }

  private index(found: number): void {
    const block = blockOf(this.ordinal);
    if (block !== this.block) {
      this.block = block;
      this.indexed.clear();
    }
    if (this.indexed.has(found)) return;
    this.statements.index({ term: found, block });
    this.indexed.add(found);
  }

  private reload(): void {
    const last = this.statements.last();
    this.ordinal = last?.ordinal ?? 0;
    this.position = last?.position ?? START;
    this.block = -1;
    this.numbers.forget();
  }
}

function prepare(statements: Statements) {
  const number = param<number>;
  const row: EventRow = {
    ordinal: number('ordinal'),
    position: number('position'),
    event_id: param('event_id'),
    recorded_at: number('recorded_at'),
    actor: number('actor'),
    action: number('action'),
    resource: number('resource'),
    stream: number('stream'),
    revision: number('revision'),
    request_id: param('request_id'),
    correlation_id: param('correlation_id'),
    causation_id: param('causation_id'),
    reason: param('reason'),
  };
  const block = { term: number('term'), block: number('block') };
  return {
    insert: statements.write(sql.insertInto('audit_events').values(row)),
    index: statements.write(
      sql
        .insertInto('audit_blocks')
        .values(block)
        .onConflict((conflict) => conflict.doNothing()),
    ),
    last: statements.first(
      sql.selectFrom('audit_events').select(['ordinal', 'position']).orderBy('ordinal', 'desc').limit(1),
    ),
  };
}
