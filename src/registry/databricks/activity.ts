import { microsToMillis, Micros } from '../../core/index.js';
import { ActivityType } from '../queries/activities/table.js';

export interface Activity {
  readonly id: string;
  readonly type: ActivityType;
  /** A pseudonym: who that is, those know who may see accounts. */
  readonly by: string;
  readonly at: Micros;
  readonly to?: string;
  readonly comment?: string;
}

/** Databricks' Activity message. */
export const activityWire = ({ id, type, by, at, to, comment }: Activity): object => ({
  id,
  activity_type: type,
  user_id: by,
  creation_timestamp: microsToMillis(at),
  last_updated_timestamp: microsToMillis(at),
  ...(to === undefined ? {} : { to_stage: to }),
  ...(comment === undefined ? {} : { comment }),
});
