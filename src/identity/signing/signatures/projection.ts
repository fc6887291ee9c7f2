import type { Signature } from '../../../approvals/index.js';
import { RecordedEvent } from '../../../core/index.js';
import { param, Projection, sqlBuilder, Statements } from '../../../projection/index.js';
import type { SignatureMade } from '../events.js';
import { SignaturesSchema } from './table.js';

/**
 * The register of signatures. It reads envelopes and knows no other room's types: an event of one of these types
 * that has a `signature` in its data carries one.
 */
export const signaturesProjection = (carriers: readonly string[]): Projection => ({
  name: 'identity.signatures',
  version: 1,
  tables: ['identity_signatures', 'identity_signatures_made'],
  schema: (ddl) => [
    ddl
      .createTable('identity_signatures')
      .addColumn('position', 'integer', (column) => column.primaryKey())
      .addColumn('signature_id', 'text', (column) => column.notNull())
      .addColumn('signer', 'text', (column) => column.notNull())
      .addColumn('meaning', 'text', (column) => column.notNull())
      .addColumn('subject_kind', 'text', (column) => column.notNull())
      .addColumn('subject_id', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('signed_at', 'integer', (column) => column.notNull())
      .addColumn('event_id', 'text', (column) => column.notNull())
      .addColumn('stream', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .compile(),
    ddl
      .createIndex('identity_signatures_by_id')
      .on('identity_signatures')
      .columns(['signature_id', 'position'])
      .compile(),
    ddl
      .createIndex('identity_signatures_by_signer')
      .on('identity_signatures')
      .columns(['signer', 'position'])
      .compile(),
    ddl
      .createIndex('identity_signatures_by_subject')
      .on('identity_signatures')
      .columns(['subject_id', 'subject_kind', 'position'])
      .compile(),
    ddl
      .createTable('identity_signatures_made')
      .addColumn('signature_id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('stream', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .compile(),
  ],
  prepare: (statements) => applier(statements, new Set(carriers)),
});

function applier(statements: Statements, carriers: ReadonlySet<string>): (event: RecordedEvent) => void {
  const { carried, made } = prepared(statements);
  return ({ type, data, position, id: event_id, stream, revision }) => {
    if (type === 'SignatureMade') {
      const { signatureId: id, userId: user } = data as unknown as SignatureMade['data'];
      made({ id, user, stream, revision });
      return;
    }
    if (!carriers.has(type)) return;
    const { signature } = data as unknown as { readonly signature?: Signature };
    if (!signature) return;
    const { signatureId: id, signer, meaning, subject, digest, signedAt: at } = signature;
    const { kind, id: about } = subject;
    carried({ position, id, signer, meaning, kind, about, digest, at, event_id, stream, revision });
  };
}

function prepared(statements: Statements) {
  const sql = sqlBuilder<SignaturesSchema>();
  return {
    carried: statements.write(
      sql.insertInto('identity_signatures').values({
        position: param('position'),
        signature_id: param('id'),
        signer: param('signer'),
        meaning: param('meaning'),
        subject_kind: param('kind'),
        subject_id: param('about'),
        digest: param('digest'),
        signed_at: param('at'),
        event_id: param('event_id'),
        stream: param('stream'),
        revision: param('revision'),
      }),
    ),
    made: statements.write(
      sql
        .insertInto('identity_signatures_made')
        .values({
          signature_id: param('id'),
          user_id: param('user'),
          stream: param('stream'),
          revision: param('revision'),
        })
        .onConflict((conflict) => conflict.doNothing()),
    ),
  };
}
