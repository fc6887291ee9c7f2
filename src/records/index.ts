import { EventDefinition } from '../core/index.js';
import { archiveEvents } from './archive/events.js';
import { holdEvents } from './holds/events.js';
import { retentionEvents } from './retention/events.js';

export { eventsOfSegments, SegmentDamaged, type SegmentRead } from './archive/read-segments.js';
export { type ArchivedEvent } from './archive/segment.js';
export { type Hold, type HoldScope } from './holds/events.js';
export { HeldModels } from './holds/held-models.js';
export { LegalHolds } from './holds/legal-holds.js';
export { HoldablePeople } from './holds/people.js';
export * from './records.module.js';
export { classOfStream, RECORD_CLASSES, type RecordClass } from './retention/classes.js';
export { type Retention } from './retention/events.js';
export { keptUntil, onlineSince, RetentionRules } from './retention/retention.js';

export const recordsEvents: readonly EventDefinition[] = [...holdEvents, ...retentionEvents, ...archiveEvents];
