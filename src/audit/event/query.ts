import { Inject } from '@nestjs/common';
import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { errors, RecordedEvent } from '../../core/index.js';
import { LEDGER, type Ledger } from '../../ledger/index.js';
import { ReadModels } from '../../projection/index.js';
import { packId } from '../trail/packed-id.js';
import { AuditTables } from '../trail/table.js';
import { firstAtLeast } from '../trail/walk.js';

/** One event as the log holds it, by its id or its position. */
export class GetAuditEvent extends Query<RecordedEvent> {
  constructor(readonly key: string) {
    super();
  }
}

@QueryHandler(GetAuditEvent)
export class GetAuditEventHandler implements IQueryHandler<GetAuditEvent> {
  constructor(
    private readonly models: ReadModels,
    @Inject(LEDGER) private readonly ledger: Ledger,
  ) {}

  async execute({ key }: GetAuditEvent): Promise<RecordedEvent> {
    const place = /^\d{1,15}$/.test(key) ? await this.byPosition(Number(key)) : await this.byId(key);
    const unknown = () => errors.notFound('event-not-found', 'the log has no event with this id or position', 'id');
    if (!place) throw unknown();
    const [event] = await this.ledger.read(place.stream, { from: place.revision, limit: 1 });
    if (event?.revision !== place.revision) throw unknown();
    return event;
  }

  private byId(id: string) {
    return this.places().where('e.event_id', '=', packId(id)).executeTakeFirst();
  }

  private async byPosition(position: number) {
    const ordinal = await firstAtLeast(this.models.db<AuditTables>(), 'position', position);
    return this.places().where('e.ordinal', '=', ordinal).where('e.position', '=', position).executeTakeFirst();
  }

  private places() {
    return this.models
      .db<AuditTables>()
      .selectFrom('audit_events as e')
      .innerJoin('audit_streams as s', 's.no', 'e.stream')
      .select(['s.name as stream', 'e.revision']);
  }
}
