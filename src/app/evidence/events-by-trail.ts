import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GetAuditEvent } from '../../audit/index.js';
import { RecordedEvent } from '../../core/index.js';
import { EventPlaces } from '../../evidence/index.js';

/** The evidence's port, filled by the trail, which knows every event by its id. */
@Injectable()
export class EventsByTrail extends EventPlaces {
  constructor(private readonly queries: QueryBus) {
    super();
  }

  find(eventId: string): Promise<RecordedEvent> {
    return this.queries.execute(new GetAuditEvent(eventId));
  }
}
