import { RecordedEvent } from '../../core/index.js';

/** A port, filled by the app: where the log has an event that is known by its id. */
export abstract class EventPlaces {
  /** @throws CustodyError when the log has none */
  abstract find(eventId: string): Promise<RecordedEvent>;
}
