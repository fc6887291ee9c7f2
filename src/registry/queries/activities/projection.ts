import { microsToMillis, RecordedEvent } from '../../../core/index.js';
import { Projection, Statements } from '../../../projection/index.js';
import { CommentEvent } from '../../comment/events.js';
import { RolledBack, StageChanged } from '../../model/events.js';
import { activitiesDdl } from './schema.js';
import { ActivitiesStatements, activitiesStatements } from './statements.js';
import { Activities, ActivityType, StageRequests } from './table.js';

export const activitiesProjection: Projection = {
  name: 'registry.activities',
  version: 1,
  tables: ['version_activities', 'stage_requests'],
  schema: activitiesDdl,
  prepare: (statements: Statements) => {
    const tables = activitiesStatements(statements);
    return (event) => apply(tables, event);
  },
};

type Row = Omit<Activities, 'position' | 'user_id' | 'created_at' | 'updated_at'>;

function apply(tables: ActivitiesStatements, event: RecordedEvent): void {
  switch (event.type) {
    case 'ModelVersionStageChanged':
    case 'ModelVersionRolledBack':
      return moved(tables, event);
    case 'ModelVersionCommented':
    case 'ModelVersionCommentEdited':
    case 'ModelVersionCommentDeleted':
      return commented(tables, event);
    case 'ApprovalRequested':
      return requested(tables, event);
    case 'ApprovalSigned':
    case 'ApprovalWithdrawn':
    case 'ApprovalCommented':
      return continued(tables, event);
    default:
  }
}

function add(tables: ActivitiesStatements, { position, recordedAt, actor }: RecordedEvent, row: Row): void {
  const at = microsToMillis(recordedAt);
  tables.add({ ...row, position, user_id: actor.id, created_at: at, updated_at: at });
}

const nothing = { comment: null, system_comment: null, from_stage: null, to_stage: null };

function moved(tables: ActivitiesStatements, event: RecordedEvent): void {
  const { modelId: model_id, version, from, archived } = event.data as unknown as StageChanged | RolledBack;
  const to = event.type === 'ModelVersionRolledBack' ? 'Production' : (event.data as unknown as StageChanged).to;
  const applied = { model_id, version, activity_id: event.id, type: 'APPLIED_TRANSITION' as const };
  add(tables, event, { ...nothing, ...applied, comment: event.reason ?? null, from_stage: from, to_stage: to });
  for (const other of archived) {
    const along = { model_id, version: other, activity_id: `${event.id}/${other}`, type: 'SYSTEM_TRANSITION' as const };
    const system_comment = `Archived when version ${version} came to ${to}`;
    add(tables, event, { ...nothing, ...along, system_comment, from_stage: to, to_stage: 'Archived' });
  }
}

function commented(tables: ActivitiesStatements, event: RecordedEvent): void {
  const { type, data } = event as unknown as CommentEvent;
  switch (type) {
    case 'ModelVersionCommented': {
      const { commentId: activity_id, modelId: model_id, version, comment } = data;
      return add(tables, event, { ...nothing, model_id, version, activity_id, type: 'NEW_COMMENT', comment });
    }
    case 'ModelVersionCommentEdited':
      tables.edit({ activity_id: data.commentId, comment: data.comment, updated_at: microsToMillis(event.recordedAt) });
      return;
    case 'ModelVersionCommentDeleted':
      tables.drop({ activity_id: data.commentId });
  }
}

interface Requested {
  readonly approvalId: string;
  readonly kind: string;
  readonly action: Readonly<Record<string, unknown>>;
  readonly comment?: string;
}

function requested(tables: ActivitiesStatements, event: RecordedEvent): void {
  const { approvalId, kind, action, comment = null } = event.data as unknown as Requested;
  if (kind !== 'model-version' || action['type'] !== 'stage') return;
  const { model_id, version, stage: to_stage } = action as { model_id: string; version: number; stage: string };
  tables.addRequest({ approval_id: approvalId, model_id, version, to_stage });
  const of = { model_id, version, activity_id: approvalId, type: 'REQUESTED_TRANSITION' as const, comment, to_stage };
  add(tables, event, { ...nothing, ...of });
}

interface Continued {
  readonly approvalId: string;
  readonly decision?: 'approve' | 'reject';
  readonly signature?: { readonly reason: string };
  readonly comment?: string;
}

/** Of a request that is about something else there is nothing here. */
function continued(tables: ActivitiesStatements, event: RecordedEvent): void {
  const { approvalId, decision, signature, comment } = event.data as unknown as Continued;
  const request: StageRequests | undefined = tables.request({ approval_id: approvalId });
  if (!request) return;
  const { model_id, version, to_stage } = request;
  const type: ActivityType =
    event.type === 'ApprovalCommented'
      ? 'NEW_COMMENT'
      : event.type === 'ApprovalWithdrawn'
        ? 'CANCELLED_REQUEST'
        : decision === 'reject'
          ? 'REJECTED_REQUEST'
          : 'APPROVED_REQUEST';
  const said = comment ?? signature?.reason ?? event.reason ?? null;
  add(tables, event, { ...nothing, model_id, version, activity_id: event.id, type, comment: said, to_stage });
}
