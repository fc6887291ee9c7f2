import { param, sqlBuilder, Statements } from '../../../projection/index.js';
import { ActivitiesSchema, ActivityType } from './table.js';

export type ActivitiesStatements = ReturnType<typeof activitiesStatements>;

export function activitiesStatements(statements: Statements) {
  const sql = sqlBuilder<ActivitiesSchema>();
  const id = param<string>('activity_id');
  const comment = param<string>('comment');
  const updated = param<number>('updated_at');
  const approval = param<string>('approval_id');
  const of = { model_id: param<string>('model_id'), version: param<number>('version') };
  return {
    add: statements.write(
      sql.insertInto('version_activities').values({
        ...of,
        position: param<number>('position'),
        activity_id: id,
        type: param<ActivityType>('type'),
        user_id: param<string>('user_id'),
        comment,
        system_comment: param<string | null>('system_comment'),
        from_stage: param<string | null>('from_stage'),
        to_stage: param<string | null>('to_stage'),
        created_at: param<number>('created_at'),
        updated_at: updated,
      }),
    ),
    edit: statements.write(
      sql.updateTable('version_activities').set({ comment, updated_at: updated }).where('activity_id', '=', id),
    ),
    drop: statements.write(sql.deleteFrom('version_activities').where('activity_id', '=', id)),
    addRequest: statements.write(
      sql.insertInto('stage_requests').values({ ...of, approval_id: approval, to_stage: param<string>('to_stage') }),
    ),
    request: statements.first(sql.selectFrom('stage_requests').selectAll().where('approval_id', '=', approval)),
  };
}
