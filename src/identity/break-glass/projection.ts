import { Subject } from '../../approvals/index.js';
import { DomainEvent, RecordedEvent } from '../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../projection/index.js';
import { ReviewEvent } from './events.js';
import { BREAK_GLASS_REVIEW } from './review/request.js';
import { BreakGlassSchema } from './table.js';

export const breakGlassProjection: Projection = {
  name: 'identity.break-glass',
  version: 2,
  tables: ['identity_break_glass'],
  schema: (ddl) => [
    ddl
      .createTable('identity_break_glass')
      .addColumn('review_id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('opened_at', 'integer', (column) => column.notNull())
      .addColumn('expires_at', 'integer', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('reviewed_at', 'integer')
      .addColumn('reviewed_by', 'text')
      .addColumn('decision', 'text')
      .addColumn('comment', 'text')
      .addColumn('approval_id', 'text')
      .addColumn('number', 'integer')
      .compile(),
  ],
  prepare,
};

function prepare(statements: Statements): (event: RecordedEvent) => void {
  const { open, request, signOff } = prepared(statements);
  return (event) => {
    const { type, data } = event as unknown as ReviewEvent | Requested;
    const { recordedAt: at, reason = '', actor } = event;
    switch (type) {
      case 'BreakGlassReviewOpened': {
        const { reviewId: id, userId: user, role, expiresAt: expires } = data;
        open({ id, user, role, at, expires, reason });
        return;
      }
      case 'ApprovalRequested':
        if (data.kind === BREAK_GLASS_REVIEW)
          request({ id: data.subject.id, approval: data.approvalId, number: data.number });
        return;
      case 'BreakGlassReviewed':
        signOff({ id: data.reviewId, at, by: actor.id, decision: data.decision, comment: reason });
        return;
      default:
        // Events of other rooms and other read models.
        return;
    }
  };
}

/** As much of it as is of interest here. */
type Requested = DomainEvent<
  'ApprovalRequested',
  { readonly kind: string; readonly subject: Subject; readonly approvalId: string; readonly number: number }
>;

function prepared(statements: Statements) {
  const sql = sqlBuilder<BreakGlassSchema>();
  return {
    open: statements.write(
      sql.insertInto('identity_break_glass').values({
        review_id: param('id'),
        user_id: param('user'),
        role: param('role'),
        opened_at: param('at'),
        expires_at: param('expires'),
        reason: param('reason'),
        reviewed_at: null,
        reviewed_by: null,
        decision: null,
        comment: null,
        approval_id: null,
        number: null,
      }),
    ),
    request: statements.write(
      sql
        .updateTable('identity_break_glass')
        .where('review_id', '=', param<string>('id'))
        .set({ approval_id: param('approval'), number: param('number') }),
    ),
    signOff: statements.write(
      sql
        .updateTable('identity_break_glass')
        .where('review_id', '=', param<string>('id'))
        .set({
          reviewed_at: param('at'),
          reviewed_by: param('by'),
          decision: param('decision'),
          comment: param('comment'),
        }),
    ),
  };
}
