import { RecordedEvent } from '../../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../../projection/index.js';
import { ApprovalEvent, ApprovalState, GivenSignature, Requested } from '../../approval/events.js';
import { ApprovalsSchema } from './table.js';

export const approvalsProjection: Projection = {
  name: 'approvals.approvals',
  version: 2,
  tables: ['approvals'],
  schema: (ddl) => [
    ddl
      .createTable('approvals')
      .addColumn('approval_id', 'text', (column) => column.primaryKey())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('subject_kind', 'text', (column) => column.notNull())
      .addColumn('subject_id', 'text', (column) => column.notNull())
      .addColumn('title', 'text', (column) => column.notNull())
      .addColumn('model_name', 'text')
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('requester', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('rules', 'text', (column) => column.notNull())
      .addColumn('signatures', 'text', (column) => column.notNull())
      .addColumn('inactive', 'text', (column) => column.notNull())
      .addColumn('requested_at', 'integer', (column) => column.notNull())
      .addColumn('expires_at', 'integer', (column) => column.notNull())
      .addColumn('closed_at', 'integer')
      .compile(),
    ddl.createIndex('approvals_by_number').on('approvals').column('number').compile(),
    ddl.createIndex('approvals_by_state').on('approvals').columns(['state', 'number']).compile(),
    ddl.createIndex('approvals_by_subject').on('approvals').columns(['subject_kind', 'subject_id', 'number']).compile(),
  ],
  prepare,
};

const CLOSES: Partial<Record<ApprovalEvent['type'], ApprovalState>> = {
  ApprovalRejected: 'rejected',
  ApprovalWithdrawn: 'withdrawn',
  ApprovalExpired: 'expired',
  ApprovalCarriedOut: 'carried-out',
  ApprovalVoided: 'void',
};

function prepare(statements: Statements): (event: RecordedEvent) => void {
  const { add, sign, signatures, renew, change, suspend, enter } = prepared(statements);
  return ({ recordedAt: at, ...event }) => {
    const { type, data } = event as unknown as ApprovalEvent;
    const id = data.approvalId;
    switch (type) {
      case 'ApprovalRequested':
        add(rowOf(data, at));
        return;
      case 'ApprovalSigned': {
        const { decision, step, roles, signature } = data;
        const { signer, signatureId, digest } = signature;
        const given: GivenSignature = { signer, decision, step, roles, signatureId, digest };
        const before = JSON.parse(signatures({ id })?.signatures ?? '[]') as readonly GivenSignature[];
        sign({ id, signatures: JSON.stringify([...before, given]) });
        return;
      }
      case 'ApprovalDossierRenewed':
        renew({ id, digest: data.dossier.digest });
        return;
      case 'ApprovalRulesChanged':
        change({ id, rules: JSON.stringify(data.rules) });
        return;
      case 'ApprovalSignersChanged':
        suspend({ id, inactive: JSON.stringify(data.inactive) });
        return;
      case 'ApprovalGranted':
        enter({ id, state: 'granted', at: null });
        return;
      default: {
        // Events of other rooms, too.
        const state = CLOSES[type];
        if (state !== undefined) enter({ id, state, at });
      }
    }
  };
}

const rowOf = (data: Requested, at: number) => ({
  id: data.approvalId,
  number: data.number,
  kind: data.kind,
  subjectKind: data.subject.kind,
  subjectId: data.subject.id,
  title: data.title,
  model: typeof data.action['name'] === 'string' ? data.action['name'] : null,
  action: JSON.stringify(data.action),
  requester: data.requester,
  digest: data.dossier.digest,
  rules: JSON.stringify(data.rules),
  at,
  expires: data.expiresAt,
});

function prepared(statements: Statements) {
  const sql = sqlBuilder<ApprovalsSchema>();
  const update = () => sql.updateTable('approvals').where('approval_id', '=', param<string>('id'));
  return {
    add: statements.write(
      sql.insertInto('approvals').values({
        approval_id: param('id'),
        number: param('number'),
        kind: param('kind'),
        subject_kind: param('subjectKind'),
        subject_id: param('subjectId'),
        title: param('title'),
        model_name: param('model'),
        action: param('action'),
        requester: param('requester'),
        state: 'open',
        digest: param('digest'),
        rules: param('rules'),
        signatures: '[]',
        inactive: '[]',
        requested_at: param('at'),
        expires_at: param('expires'),
        closed_at: null,
      }),
    ),
    signatures: statements.first(
      sql.selectFrom('approvals').select('signatures').where('approval_id', '=', param<string>('id')),
    ),
    sign: statements.write(update().set({ signatures: param('signatures') })),
    renew: statements.write(update().set({ digest: param('digest') })),
    change: statements.write(update().set({ rules: param('rules') })),
    suspend: statements.write(update().set({ inactive: param('inactive') })),
    enter: statements.write(update().set({ state: param('state'), closed_at: param('at') })),
  };
}
