export const ACTIVITY_TYPES = [
  'APPLIED_TRANSITION',
  'REQUESTED_TRANSITION',
  'CANCELLED_REQUEST',
  'APPROVED_REQUEST',
  'REJECTED_REQUEST',
  'SYSTEM_TRANSITION',
  'NEW_COMMENT',
] as const;
/** In the words of Databricks' registry. */
export type ActivityType = (typeof ACTIVITY_TYPES)[number];

/** What happened around the stages of a version, and what was said about it. Times are milliseconds since the epoch. */
export interface Activities {
  /** Position of the event; versions that were archived along have the same. */
  position: number;
  model_id: string;
  version: number;
  activity_id: string;
  type: ActivityType;
  user_id: string;
  comment: string | null;
  system_comment: string | null;
  from_stage: string | null;
  to_stage: string | null;
  created_at: number;
  updated_at: number;
}

/** What a later event of a request is about. */
export interface StageRequests {
  approval_id: string;
  model_id: string;
  version: number;
  to_stage: string;
}

export interface ActivitiesSchema {
  version_activities: Activities;
  stage_requests: StageRequests;
}
